"""A server that only works on jobs, to be killed: `python job_server.py <home> <folder of moments> [<moment>]`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from job_runners import wait_for_ever

from gristmill.jobs import filewriter
from gristmill.jobs.worker import Worker
from gristmill.model.database import open_database
from gristmill.settings import Settings

commit = filewriter.commit


def main(home: str, moments: str, moment: str = "") -> None:
    def slow_commit(publication):
        if moment == "before the rename":
            wait_for_ever(Path(moments), moment)
        commit(publication)
        if moment == "after the rename":
            wait_for_ever(Path(moments), moment)

    filewriter.commit = slow_commit
    settings = Settings(home=Path(home), jobs_heartbeat_seconds=60, jobs_max_attempts=3)
    Worker(settings, open_database(settings), "job_runners:write_rows").start()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
