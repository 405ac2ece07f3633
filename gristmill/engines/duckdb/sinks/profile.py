"""The profile of the rows as a JSON document (platform 8)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from gristmill.engines.duckdb.connection import one_thread
from gristmill.engines.duckdb.keeping import keep
from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.sinks.written import Written
from gristmill.plan.expressions import Column, Expr
from gristmill.plan.relations import Plan, Source
from gristmill.plan.rows import Rows
from gristmill.recipe.job import Sink
from gristmill.transforms.environment import Environment

MANY = 5_000_000
"""Rows of a result for which several threads pay; a profile asks many small questions."""


class Held:
    """A session as a profile asks it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: list[int] = []

    def ask(self, plan: Plan, limit: int) -> list[tuple[str | None, ...]]:
        return self._session.first_rows(plan, limit)

    def keep(self, rows: Rows, wanted: Sequence[Expr]) -> tuple[Rows, list[Column]]:
        held, columns = keep(self._session, rows, wanted)
        assert isinstance(held.relation, Source)
        self._kept.append(held.relation.index)
        return held, columns

    @contextmanager
    def aside(self) -> Iterator[None]:
        yield
        while self._kept:
            self._session.let_go(self._kept.pop())


def write_profile(session: Session, rows: Rows, env: Environment, sink: Sink) -> Written:
    """Write the document to the sink's one file. The session then knows in which columns all cells fit."""
    from gristmill.profile.counting import count_rows, counted  # most runs need no profile
    from gristmill.profile.document import document

    data = Held(session)
    in_all = count_rows(rows, data)
    with one_thread(session.connection) if in_all < MANY else nullcontext():
        counts = counted(rows, in_all, env, data)
    for item, found in zip(rows.fields, counts, strict=True):
        if isinstance(item.value.expr, Column) and not found.invalid:
            session.fitting.add(item.value.expr.id)
    Path(sink.path).write_text(json.dumps(document(counts), ensure_ascii=False), encoding="utf-8")
    return Written(in_all, {})
