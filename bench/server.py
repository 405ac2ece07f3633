"""The server under small jobs: from POST to Complete, and two hundred runs at once with reads and cancels meanwhile."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
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
SLOW_POLL = 0.1
CANCELED = 20
SECONDS_TO_GO = 2.0


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


class Reads:
    """What a person sees who looks at the server meanwhile: milliseconds of reads, one after the other."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self.milliseconds: list[float] = []

    def __enter__(self) -> Reads:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        paths = ("/v4/jobGroups?limit=25", "/v4/flows", "/v4/people/current", "/v4/jobGroups/count")
        while not self._stop.wait(0.02):
            path = paths[len(self.milliseconds) % len(paths)]
            started = time.perf_counter()
            self._api.http.get(path).raise_for_status()
            self.milliseconds.append((time.perf_counter() - started) * 1000)


def crowd(api: Api, recipe: int, runs: int, clients: int) -> list[int]:
    """Post many runs at once, and cancel twenty of them in the middle; answers the groups when all have ended."""
    middle = runs // 2
    with ThreadPoolExecutor(clients) as pool:
        groups = list(pool.map(lambda _: api.run(recipe), range(middle)))
        rest = [pool.submit(api.run, recipe) for _ in range(runs - middle)]
        for group in groups[-CANCELED:]:  # those that have ended meanwhile answer 400
            api.http.post(f"/v4/jobGroups/{group}/cancel")
        groups += [future.result() for future in rest]
    while api.http.get("/v4/jobGroups/count?status=InProgress").raise_for_status().json()["count"]:
        time.sleep(SLOW_POLL)
    return groups


def seconds_to_cancel(api: Api, recipe: int, folder: Path, runs: int) -> float:
    """Seconds from the first cancel of many long runs until nothing of them works or lies about any more."""
    groups = [api.run(recipe) for _ in range(runs)]
    while not list(folder.glob(".gristmill-*")):
        time.sleep(POLL)
    started = time.perf_counter()
    for group in groups:
        api.http.post(f"/v4/jobGroups/{group}/cancel").raise_for_status()
    while list(folder.glob(".gristmill-*")) or busy_processes(folder):
        time.sleep(POLL)
    return time.perf_counter() - started


def busy_processes(folder: Path) -> int:
    """Engine processes of the server over `folder` that use the processor now."""
    first = processor_times(folder)
    time.sleep(0.05)
    return sum(ticks > first.get(pid, ticks) + 1 for pid, ticks in processor_times(folder).items())


def processor_times(folder: Path) -> dict[int, int]:
    """Ticks of the fork server and its engine processes of the server whose files lie around `folder`."""
    times = {}
    root = next(str(above).encode() for above in folder.parents if above.name.startswith("bench-"))
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                is_ours = root in (process / "environ").read_bytes()
                if is_ours and b"multiprocessing.forkserver" in (process / "cmdline").read_bytes():
                    fields = (process / "stat").read_text().rpartition(")")[2].split()
                    times[int(process.name)] = int(fields[11]) + int(fields[12])
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--crowd", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        cache = Path(folder)
        (cache / "data" / "long").mkdir(parents=True)
        (cache / "home").mkdir()
        token = access_token(cache)
        with running_server(cache) as address:
            measure(Api(address, token), cache / "data", arguments.rows, arguments.runs, arguments.crowd)
        time.sleep(SECONDS_TO_GO)
        print(f"engine processes left: {len(processor_times(cache / 'data'))}")


def measure(api: Api, data: Path, rows: int, runs: int, many: int) -> None:
    """Print what a server does."""
    recipe = api.recipe(orders(data / "orders.csv", rows), data / "out.csv")
    latencies(api, recipe, 2)
    found = sorted(latencies(api, recipe, runs))
    print(f"{rows} rows, {runs} runs one after the other: median {statistics.median(found):.0f} ms, "
          f"95 % {found[int(len(found) * 0.95) - 1]:.0f} ms, most {found[-1]:.0f} ms")  # fmt: skip
    before = len(list(data.glob("out*.csv")))
    started = time.perf_counter()
    with Reads(api) as reads:
        groups = crowd(api, recipe, many, 8)
    seconds = time.perf_counter() - started
    statuses = Counter(api.http.get(f"/v4/jobGroups/{group}/status").json() for group in groups)
    written = len(list(data.glob("out*.csv"))) - before
    print(f"{many} runs at once: {seconds:.1f} s, {statuses['Complete'] / seconds:.1f} jobs/s, {dict(statuses)}, "
          f"{written} files")  # fmt: skip
    times = sorted(reads.milliseconds)
    print(f"{len(times)} reads meanwhile: median {statistics.median(times):.0f} ms, "
          f"95 % {times[int(len(times) * 0.95) - 1]:.0f} ms, most {times[-1]:.0f} ms")  # fmt: skip
    long = api.recipe(orders(data / "many.csv", 2_000_000), data / "long" / "out.csv")
    print(f"{CANCELED} long runs canceled: all gone in {seconds_to_cancel(api, long, data / 'long', CANCELED):.2f} s")


if __name__ == "__main__":
    main()
