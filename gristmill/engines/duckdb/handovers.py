"""Rows of a recipe that several jobs stand on: kept by the first of them, read by the others.

The file holds what the engine computes of the recipe, column by column as it is, in the order of the rows; with it the
answers to the questions about data that were asked on the way. Whoever takes it over compiles the recipe all the same
and gets these answers, so types, names and messages are his own; only the rows are not computed again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import duckdb
from sqlglot import exp

from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.sinks.copying import copy, text
from gristmill.engines.duckdb.sources import Sources
from gristmill.engines.duckdb.tables import read_parquet
from gristmill.engines.duckdb.telling import in_words, watched
from gristmill.engines.watch import Watch
from gristmill.plan.expressions import Column, Expr, Form
from gristmill.plan.likeness import likeness
from gristmill.plan.passes.order import drop_kept_order
from gristmill.plan.primitives import Cast
from gristmill.plan.relations import Plan
from gristmill.plan.rows import Rows
from gristmill.plan.walking import walk
from gristmill.problems import RunError, plural, quoted, run_error
from gristmill.recipe.job import Handover, Job
from gristmill.recipe.sharing import VERSION, inputs_as_found, sources_of
from gristmill.storage.formats.parquet import glob_escaped

Answer = list[tuple[str | None, ...]]
METADATA = "gristmill"
SAME_IN_PARQUET = ("VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "BOOLEAN", "TIMESTAMP", "VARCHAR[]")
SAME_AS_TEXT = ("HUGEINT", "UHUGEINT", "UBIGINT", "DECIMAL", "DATE", "JSON", "SMALLINT", "TINYINT", "UINTEGER")


@dataclass(slots=True)
class Shared:
    """A handover as a job sees it. `sources` are the numbers under which all jobs know the sources of the recipe."""

    handover: Handover
    path: Path
    found: str
    sources: dict[int, int]
    answers: dict[str, Answer] = field(default_factory=dict)
    forms: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    is_there: bool = False

    @classmethod
    def of(cls, job: Job, handover: Handover) -> Self:
        numbers = {place: number for number, place in enumerate(sources_of(job, handover.recipe))}
        return cls(handover, Path(handover.path), inputs_as_found(job, handover.recipe), numbers)

    def look(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Find out whether the rows are there, of this recipe on these inputs."""
        if not self.path.exists():
            return
        query = "SELECT decode(value) FROM parquet_kv_metadata($path) WHERE decode(key) = $key"
        rows = connection.execute(query, {"path": glob_escaped(self.path), "key": METADATA}).fetchall()
        document: dict[str, Any] = json.loads(rows[0][0]) if rows else {}
        if [document.get(key) for key in ("version", "key", "found")] != [VERSION, self.handover.key, self.found]:
            return
        self.forms, self.types = document["forms"], document["types"]
        self.answers = {question: [tuple(row) for row in rows] for question, rows in document["answers"].items()}
        self.is_there = True

    def as_json(self) -> dict[str, Any]:
        """What the file tells of itself."""
        facts = {"version": VERSION, "key": self.handover.key, "found": self.found}
        return {**facts, "forms": self.forms, "types": self.types, "answers": self.answers}

    def question(self, plan: Plan, limit: int) -> str | None:
        """What a question is called in all these jobs; None where it asks about more than the recipe's sources."""
        return likeness(plan, limit, self.sources)


class Handovers:
    """What a job takes over and hands over; `ask` and `made` are for the compiler."""

    def __init__(self, job: Job, session: Session, watch: Watch, sources: Sources) -> None:
        self._job = job
        self._session = session
        self._watch = watch
        self._sources = sources
        self._shared = [Shared.of(job, handover) for handover in job.handovers]
        for shared in self._shared:
            if not (shared.handover.makes and sources.is_cleaned):
                self._look(shared)

    def ask(self, plan: Plan, limit: int) -> Answer:
        """The answer of the engine, or the one that was kept with the rows of a recipe."""
        named = [(shared, shared.question(plan, limit)) for shared in self._shared]
        for shared, question in named:
            if question is not None and question in shared.answers:
                return shared.answers[question]
        answer = self._session.ask(plan, limit)
        for shared, question in named:
            if question is not None and not shared.is_there and _is_plain(answer):
                shared.answers[question] = answer
        return answer

    def made(self, recipe: int, rows: Rows) -> None:
        """The rows of a recipe are known: read them where they are kept, keep them where this job is to do it."""
        for shared in self._shared:
            if shared.handover.recipe == recipe:
                if shared.handover.makes and not shared.is_there and not rows.open:
                    self._keep(shared, rows)
                    self._look(shared)
                self._take(shared, rows)

    def _look(self, shared: Shared) -> None:
        with suppress(duckdb.Error, OSError, ValueError, KeyError):
            shared.look(self._session.connection)

    def _take(self, shared: Shared, rows: Rows) -> None:
        name = quoted(self._job.recipes[shared.handover.recipe].name)
        columns, row = columns_of(rows)
        if not shared.is_there or [column.kind.value for column in columns] != shared.forms:
            self._watch.log("info", f"recipe {name}: its rows are not there, they are computed here")
            return
        self._session.stand_in(rows.relation, row, columns, _reading(shared))
        if not shared.handover.makes:
            self._watch.log("info", f"recipe {name}: taken over from another output of the flow run")

    def _keep(self, shared: Shared, rows: Rows) -> None:
        """Write the file: whole, or not at all. The job goes on without it where that cannot be."""
        name, hidden = quoted(self._job.recipes[shared.handover.recipe].name), hidden_file(shared.path)
        for left in shared.path.parent.glob(f".*-{shared.path.name}"):  # of an attempt that was killed
            left.unlink(missing_ok=True)
        try:
            with watched(self._session, self._watch, most=50):  # what is made of the rows comes after
                count = self._write(shared, rows, hidden)
            hidden.replace(shared.path)
            self._watch.log("info", f"recipe {name}: {plural(count, 'row')} kept for the other outputs of the flow run")
        except (duckdb.Error, OSError, RunError) as error:
            hidden.unlink(missing_ok=True)
            if isinstance(error, duckdb.Error) and self._sources.is_irregular(error):
                raise
            why = error if isinstance(error, RunError) else in_words(error)
            self._watch.log("warning", f"recipe {name}: its rows are not kept for other outputs: {why}")

    def _write(self, shared: Shared, rows: Rows, hidden: Path) -> int:
        columns, _ = columns_of(rows)
        rows = replace(rows, order=())
        shared.types = self._types(rows.plan([("", column) for column in columns]))
        shared.forms = [column.kind.value for column in columns]
        items = [_kept(column, type) for column, type in zip(columns, shared.types, strict=True)]
        query = self._session.query(rows.plan([("", item) for item in items]))
        pair = exp.PropertyEQ(this=text(METADATA), expression=text(json.dumps(shared.as_json())))
        options = [("FORMAT", exp.var("parquet")), ("KV_METADATA", exp.Struct(expressions=[pair]))]
        count = copy(self._session, query.tree, hidden, options, in_order=query.in_order)
        with hidden.open("rb") as file:
            os.fsync(file.fileno())
        return count

    def _types(self, plan: Plan) -> list[str]:
        query = self._session.query(plan).sql()
        return [str(row[1]) for row in self._session.connection.execute(f"DESCRIBE {query}").fetchall()]


def handover_files(job: Job) -> list[str]:
    """The files that the job may read and write for that, as they are called and as the engine's readers are told."""
    files = [path for handover in job.handovers for path in (Path(handover.path), hidden_file(Path(handover.path)))]
    return list(dict.fromkeys([*map(str, files), *map(glob_escaped, files)]))


def hidden_file(path: Path) -> Path:
    """Where a file lies until it is whole."""
    return path.with_name(f".{os.getpid()}-{path.name}")


def columns_of(rows: Rows) -> tuple[list[Column], Column | None]:
    """The columns that steps behind may read of the rows: those of its fields and those that nobody sees.

    Then the one for which numbers of the rows will do: the place in the source, where no step has moved a row yet. Rows
    are written as the engine has them, unsorted: what depends on the order of adding comes out as if nothing was kept.
    """
    exprs: list[Expr | None] = [part for item in rows.fields for part in (item.value.expr, item.value.offset)]
    columns = _columns_in([*exprs, rows.record, rows.path, *(key.expr for key in rows.order[:-1])])
    last = _columns_in([key.expr for key in rows.order[-1:]])
    is_place = not drop_kept_order(Plan(rows.relation, (), rows.order[-1:])).order
    if last and is_place and not last.keys() & columns.keys():
        return list(columns.values()), next(iter(last.values()))
    return list((columns | last).values()), None


def _columns_in(exprs: Sequence[Expr | None]) -> dict[int, Column]:
    nodes = (node for item in exprs if item is not None for node in walk(item))
    return {node.id: node for node in nodes if isinstance(node, Column)}


def _is_plain(answer: Answer) -> bool:
    return all(cell is None or isinstance(cell, str | int | float) for row in answer for cell in row)


def _kept(column: Column, type: str) -> Expr:
    """The column in a form that Parquet keeps as it is."""
    if type in SAME_IN_PARQUET:
        return column
    if type.partition("(")[0] not in SAME_AS_TEXT:
        raise run_error(f"not supported: keeping values of type {type}")
    return Cast(column, Form.TEXT)


def _reading(shared: Shared) -> exp.Query:
    """The kept columns in the engine's own types."""
    items = [
        exp.alias_(exp.column(f"o{at}") if type in SAME_IN_PARQUET else exp.cast(exp.column(f"o{at}"), type), f"f{at}")
        for at, type in enumerate(shared.types)
    ]
    return exp.Select(expressions=items or [exp.Star()], from_=exp.From(this=read_parquet(shared.path)))
