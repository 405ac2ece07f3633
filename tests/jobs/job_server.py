"""A worker to be killed: `python job_server.py <home> <database> <folder of moments> <moment> [<beat> [<runner>]]`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from job_runners import wait_for_ever

from gristmill.jobs import filewriter
from gristmill.jobs.webhooks import courier
from gristmill.jobs.worker import Worker
from gristmill.model.database import open_database
from gristmill.settings import Settings

commit = filewriter.commit
send = courier.send


def main(home: str, database: str, moments: str, moment: str, beat: str = "60", runner: str = "write_rows") -> None:
    def slow_commit(publication):
        if moment == "before the rename":
            wait_for_ever(Path(moments), moment)
        commit(publication)
        if moment == "after the rename":
            wait_for_ever(Path(moments), moment)

    def slow_send(*args):
        if moment == "before the delivery":
            wait_for_ever(Path(moments), moment)
        reply = send(*args)
        if moment == "after the delivery":
            wait_for_ever(Path(moments), moment)
        return reply

    filewriter.commit = slow_commit
    courier.send = slow_send
    settings = Settings(
        home=Path(home),
        database_url=database,
        jobs_heartbeat_seconds=float(beat),
        jobs_max_attempts=3,
        webhooks_allowed_hosts=("127.0.0.1",),
    )
    Worker(settings, open_database(settings), f"job_runners:{runner}").start()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
