"""Twenty runs with files and tables while servers and workers die: `python -m tests.faults.run`.

Servers and workers are killed with -9 at random moments, database connections are cut, a disk is full, webhook
receivers are slow or dead. Afterwards everything is counted: each run has ended, each output is whole or absent, no
row was published twice, no webhook is lost, no process is left. Everything listens on this machine only.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.api.table_scenes import postgres_place
from tests.faults.cluster import Cluster
from tests.postgres import Postgres, running_postgres
from tests.receivers import Answer, Receiver, receiving

FINAL = ("Complete", "Failed", "Canceled")
ROWS = 3000
PATIENCE = 240.0
SLOW_SECONDS = 1.5
SECONDS_TO_GO = 3.0
FULL_BYTES = 16 << 10
RECIPE = "derive type: single value: id * 2 as: 'twice'\nsort order: -id"


@dataclass
class Report:
    """What was found: counts to print, and everything that must not be."""

    counts: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def check(self, is_good: bool, fault: str) -> None:
        if not is_good:
            self.faults.append(fault)


def run(jobs: int, kills: int, seed: int) -> Report:
    """Do all of it and answer what was found."""
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as folder,
        running_postgres() as postgres,
        receiving() as quick,
        receiving(Answer(seconds=SLOW_SECONDS)) as slow,
        full_disk(Path(folder)) as disk,
    ):
        scene = Scene(Path(folder), postgres, quick, slow, disk, random.Random(seed))
        try:
            scene.prepare()
            scene.disturb(jobs, kills)
            scene.settle()
        finally:
            scene.cluster.stop()
        return scene.count()


class Scene:
    """One run of everything."""

    def __init__(
        self,
        folder: Path,
        postgres: Postgres,
        quick: Receiver,
        slow: Receiver,
        disk: Path | str,
        chance: random.Random,
    ) -> None:
        self.folder, self.postgres, self.quick, self.slow, self.disk = folder, postgres, quick, slow, disk
        self.chance = chance
        self.out = folder / "out"
        self.out.mkdir()
        roots = [folder] if isinstance(disk, str) else [folder, disk]
        self.cluster = Cluster(folder, postgres.fresh(), roots)
        self.groups: dict[int, int] = {}
        self.on_full_disk: int | None = None
        self.report = Report()

    def prepare(self) -> None:
        """A recipe over a file, and a connection for tables."""
        source = self.folder / "in.csv"
        source.write_text("id,name\n" + "".join(f"{number},name {number % 97}\n" for number in range(ROWS)))
        self.cluster.upgrade()
        self.cluster.start()
        post = self.cluster.post
        flow = post("/flows", {"name": "faults"})["id"]
        dataset = post("/importedDatasets", {"name": "in", "uri": f"file://{source}"})["id"]
        self.recipe = post("/wrangledDatasets", {"name": "r", "importedDatasetId": dataset, "flowId": flow})["id"]
        script = self.cluster.http.put(f"/wrangledDatasets/{self.recipe}/script", json={"script": RECIPE})
        script.raise_for_status()
        place = {"type": "jdbc", "credentialType": "basic", "name": "tables", **postgres_place(self.postgres.url)}
        self.connection = post("/connections", place)["id"]
        if isinstance(self.disk, Path):
            settings = [self._file(self.disk / "full.csv"), self._file(self.out / "beside.csv")]
            self.on_full_disk = self._start(writesettings=settings)

    def disturb(self, jobs: int, kills: int) -> None:
        """Post the runs, and kill in between and afterwards."""
        victims: Counter[str] = Counter()
        cut = 0
        for number in range(max(jobs, kills)):
            if number < jobs:
                self.groups[number] = self._post(number)
            if number < kills:
                time.sleep(self.chance.uniform(0.05, 1.2))
                victims[self.cluster.kill(self.chance)] += 1
                self.cluster.start()
            if number % 5 == 4:
                cut += self.postgres.cut()
        self.report.counts |= {"runs": jobs, "killed": dict(victims), "connections cut": cut}

    def settle(self) -> None:
        """Wait until every run and every message has its end."""
        end = time.monotonic() + PATIENCE
        open_ = [*self.groups.values(), *([self.on_full_disk] if self.on_full_disk else [])]
        while open_ and time.monotonic() < end:
            open_ = [group for group in open_ if self.cluster.get(f"/jobGroups/{group}/status") not in FINAL]
            time.sleep(0.2)
        self.report.check(not open_, f"runs without an end: {open_}")
        waiting = list(self.groups.values())
        while waiting and time.monotonic() < end:
            waiting = [group for group in waiting if not self._is_told(group)]
            time.sleep(0.2)
        self.report.check(not waiting, f"messages without an end of runs {waiting}")
        self.statuses = {group: self.cluster.get(f"/jobGroups/{group}/status") for group in self.groups.values()}
        self.deliveries = {group: self._deliveries(group) for group in self.groups.values()}
        self.errors = Counter(error for group in self.groups.values() for error in self._errors(group))
        if self.on_full_disk is not None:
            self.full_errors = self._errors(self.on_full_disk)
            self.full_status = self.cluster.get(f"/jobGroups/{self.on_full_disk}/status")

    def count(self) -> Report:
        """Look at what is there, after everything has stopped."""
        self.report.counts["ended"] = dict(Counter(self.statuses.values()))
        self.report.counts["errors"] = dict(self.errors)
        self._count_files()
        self._count_rows()
        self._count_messages()
        self._count_full_disk()
        end = time.monotonic() + SECONDS_TO_GO
        while (living := self.cluster.living()) and time.monotonic() < end:
            time.sleep(0.1)
        self.report.counts["processes left"] = len(living)
        self.report.check(not living, f"processes are left: {living}")
        return self.report

    def _count_files(self) -> None:
        whole = "id,twice,name\n" + "".join(f"{n},{n * 2},name {n % 97}\n" for n in reversed(range(ROWS)))
        names = {f"{number}.csv": group for number, group in self.groups.items()}
        there = {path.name: path for path in self.out.iterdir() if path.name != "beside.csv"}
        self.report.check(set(there) <= set(names), f"files that nobody ordered: {sorted(set(there) - set(names))}")
        broken = [name for name, path in there.items() if path.is_dir() or path.read_text() != whole]
        self.report.check(not broken, f"files that are not whole: {broken}")
        missing = [name for name, group in names.items() if self.statuses[group] == "Complete" and name not in there]
        self.report.check(not missing, f"files of complete runs that are absent: {missing}")
        self.report.counts["files"] = {"whole": len(there) - len(broken), "absent": len(names) - len(there)}

    def _count_rows(self) -> None:
        found: Counter[int] = Counter()
        with psycopg.connect(self.postgres.url) as session:
            for number, group in self.groups.items():
                rows = _rows(session, f"faults_{number}")
                found[rows] += 1
                is_right = rows == ROWS if self.statuses[group] == "Complete" else rows in (0, ROWS)
                self.report.check(is_right, f"run {group} is {self.statuses[group]}, its table has {rows} rows")
        self.report.counts["tables by rows"] = dict(found)

    def _count_messages(self) -> None:
        ends: Counter[str] = Counter()
        arrived = Counter(item.headers.get("webhook-id") for item in [*self.quick.received, *self.slow.received])
        for number, group in self.groups.items():
            (delivery,) = self.deliveries[group] or [{"status": "absent", "messageId": None}]
            ends[f"{self._receiver(number)[0]}: {delivery['status']}"] += 1
            is_dead = self._receiver(number)[0] == "dead"
            self.report.check(
                delivery["status"] == ("Failed" if is_dead else "Delivered"),
                f"the message about run {group} is {delivery['status']}",
            )
        again = sum(count - 1 for count in arrived.values())
        lost = sum(self._receiver(number)[0] != "dead" for number in self.groups) - len(arrived)
        self.report.check(lost <= 0, f"{lost} messages never arrived")
        self.report.counts["messages"] = {**ends, "arrived": len(arrived), "arrived again": again}

    def _count_full_disk(self) -> None:
        if isinstance(self.disk, str):
            self.report.counts["full disk"] = f"left out: {self.disk}"
            return
        names = sorted(path.name for path in self.disk.iterdir() if path.name != "filler")
        self.report.check(self.full_status == "Failed", f"a full disk ends in {self.full_status}")
        self.report.check(not names, f"a full disk holds {names}")
        self.report.counts["full disk"] = {"status": self.full_status, "errors": list(self.full_errors)}

    def _post(self, number: int) -> int:
        kind, url = self._receiver(number)
        webhook = {"name": kind, "url": url, "method": "post", "triggerEvent": "onJobDone", "body": {"text": "$jobId"}}
        table = {"path": ["public"], "tableName": f"faults_{number}", "action": "createAndLoad"}
        return self._start(
            writesettings=[self._file(self.out / f"{number}.csv")],
            publications=[{**table, "targetType": "postgres", "connectionId": self.connection}],
            webhooks=[{**webhook, "retryOnFailure": kind != "dead"}],
        )

    def _start(self, **overrides: Any) -> int:
        run = self.cluster.post("/jobGroups", {"wrangledDataset": {"id": self.recipe}, "overrides": overrides})
        return int(run["id"])

    def _file(self, path: Path) -> dict[str, Any]:
        return {"path": f"file://{path}", "action": "create", "format": "csv", "header": True, "asSingleFile": True}

    def _receiver(self, number: int) -> tuple[str, str]:
        return [("quick", self.quick.url), ("slow", self.slow.url), ("dead", "http://127.0.0.1:9/")][number % 3]

    def _deliveries(self, group: int) -> list[dict[str, Any]]:
        return list(self.cluster.get(f"/jobGroups/{group}/webhookDeliveries")["data"])

    def _is_told(self, group: int) -> bool:
        return all(item["status"] in ("Delivered", "Failed") for item in self._deliveries(group) or [{"status": "-"}])

    def _errors(self, group: int) -> list[str]:
        jobs = self.cluster.get(f"/jobGroups/{group}/jobs")["data"]
        return [f"{job['jobType']}: {job['errorMessage']['name']}" for job in jobs if job["errorMessage"]]


def _rows(session: psycopg.Connection[Any], name: str) -> int:
    if session.execute("SELECT to_regclass(%s)", [f"public.{name}"]).fetchone() == (None,):
        return 0
    (rows,) = session.execute(f'SELECT count(*) FROM public."{name}"').fetchone() or (0,)
    return int(rows)


@contextmanager
def full_disk(folder: Path) -> Iterator[Path | str]:
    """A small file system with hardly any room, or why there is none."""
    if os.geteuid() != 0:
        yield "only root may mount a small disk"
        return
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"mount refuses: {done.stderr.strip()}"
        return
    try:
        (disk / "filler").write_bytes(bytes((256 << 10) - FULL_BYTES))
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--jobs", type=int, default=20)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    report = run(arguments.jobs, arguments.kills, arguments.seed)
    for name, value in report.counts.items():
        print(f"{name}: {value}")
    for fault in report.faults:
        print(f"FAULT: {fault}")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
