"""The server under small jobs: time from POST to Complete, and a hundred runs posted by four clients at once."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parents[1] / "examples" / "demo"))

from server import access_token, running_server

FINAL = ("Complete", "Failed", "Canceled")
RECIPE = """derive type: single value: quantity * price as: 'amount'
set col: name value: UPPER($col)
filter type: custom rowType: single row: quantity > 1 action: Keep
sort order: -amount
"""
POLL = 0.005


class Api:
    """A client with a flow of one recipe over a small file."""

    def __init__(self, address: str, token: str) -> None:
        self.http = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def post(self, path: str, body: Any) -> Any:
        return self.http.post(path, json=body).raise_for_status().json()

    def recipe(self, file: Path, target: Path) -> int:
        """The id of a recipe over the file that writes one CSV."""
        flow = self.post("/v4/flows", {"name": "bench"})["id"]
        dataset = self.post("/v4/importedDatasets", {"name": file.name, "uri": f"file://{file}"})["id"]
        body = {"name": "small", "importedDataset": {"id": dataset}, "flow": {"id": flow}}
        recipe = self.post("/v4/wrangledDatasets", body)["id"]
        self.http.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": RECIPE}).raise_for_status()
        setting = {
            "path": f"file://{target}",
            "action": "create",
            "format": "csv",
            "header": True,
            "asSingleFile": True,
        }
        output = {"execution": "photon", "profiler": False, "flowNodeId": recipe, "writeSettings": [setting]}
        self.post("/v4/outputObjects", output)
        return int(recipe)

    def run(self, recipe: int) -> int:
        return int(self.post("/v4/jobGroups", {"wrangledDataset": {"id": recipe}})["id"])

    def wait(self, group: int) -> str:
        while True:
            status = str(self.http.get(f"/v4/jobGroups/{group}/status").raise_for_status().json())
            if status in FINAL:
                return status
            time.sleep(POLL)


def orders(path: Path, rows: int) -> Path:
    """A small file of orders."""
    lines = ["id,name,quantity,price,day"]
    lines += [f"{n},name {n % 97},{n % 7},{n % 13}.{n % 10}0,2024-01-{n % 28 + 1:02d}" for n in range(rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def latencies(api: Api, recipe: int, runs: int) -> list[float]:
    """Milliseconds from POST to Complete, one run after the other."""
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        status = api.wait(api.run(recipe))
        found.append((time.perf_counter() - started) * 1000)
        assert status == "Complete", status
    return found


def crowd(api: Api, recipe: int, runs: int, clients: int) -> tuple[float, list[str]]:
    """Seconds until the last of many runs is final, and how each ended."""
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        groups = list(pool.map(lambda _: api.run(recipe), range(runs)))
        statuses = list(pool.map(api.wait, groups))
    return time.perf_counter() - started, statuses


def orphans() -> int:
    """Engine processes that outlive their server."""
    listed = subprocess.run(
        ["pgrep", "-fc", "multiprocessing.forkserver"], stdout=subprocess.PIPE, text=True, check=False
    )
    return int(listed.stdout.strip() or 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        cache = Path(folder)
        (cache / "data").mkdir()
        (cache / "home").mkdir()
        token = access_token(cache)
        with running_server(cache) as address:
            api = Api(address, token)
            recipe = api.recipe(orders(cache / "data" / "orders.csv", arguments.rows), cache / "data" / "out.csv")
            latencies(api, recipe, 2)
            found = sorted(latencies(api, recipe, arguments.runs))
            print(f"{arguments.rows} rows, {arguments.runs} runs: median {statistics.median(found):.0f} ms, "
                  f"95 % {found[int(len(found) * 0.95) - 1]:.0f} ms, most {found[-1]:.0f} ms")  # fmt: skip
            seconds, statuses = crowd(api, recipe, 100, 4)
            written = len(list((cache / "data").glob("out*.csv")))
            print(f"100 runs by four clients: {seconds:.1f} s, {100 / seconds:.1f} jobs/s, "
                  f"{statuses.count('Complete')} Complete, {written} files in all")  # fmt: skip
    print(f"engine processes left: {orphans()}")


if __name__ == "__main__":
    main()
