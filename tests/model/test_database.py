"""Sessions: one writer at a time, readers see one state, failures leave nothing."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, text

from gristmill.model.tables import Workspace


def _count(session) -> int:
    return session.scalar(select(func.count()).select_from(Workspace))


def test_a_failure_leaves_nothing(sessions):
    with pytest.raises(ZeroDivisionError), sessions.write() as session:
        session.add(Workspace(name="a"))
        session.flush()
        _ = 1 / 0
    with sessions.read() as session:
        assert _count(session) == 0


def test_what_a_reader_changes_is_lost(sessions):
    with sessions.read() as session:
        session.add(Workspace(name="a"))
        session.flush()
    with sessions.read() as session:
        assert _count(session) == 0


def test_writers_wait_for_each_other(sessions):
    def add() -> None:
        for _ in range(10):
            with sessions.write() as session:
                session.add(Workspace(name=str(_count(session))))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions.read() as session:
        assert sorted(int(row.name) for row in session.scalars(select(Workspace))) == list(range(80))


def test_a_reader_sees_one_state(sessions):
    with sessions.read() as reader:
        before = _count(reader)
        with sessions.write() as writer:
            writer.add(Workspace(name="a"))
        assert _count(reader) == before


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("busy_timeout", 30_000), ("foreign_keys", 1)])
def test_sqlite_is_set_up(sessions, pragma, value):
    with sessions.read() as session:
        assert session.scalar(text(f"PRAGMA {pragma}")) == value
