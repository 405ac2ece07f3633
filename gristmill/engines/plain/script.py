"""A recipe as SQL that runs without Gristmill: the job's own query over readers of its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import duckdb
from sqlglot import exp

from gristmill.engines.duckdb.looking import Looked
from gristmill.engines.duckdb.lower import TYPES as DUCKDB_TYPES
from gristmill.engines.duckdb.lower import lower as duckdb_query
from gristmill.engines.plain.portable import PortableWriter
from gristmill.engines.plain.routines import stopped_by, stopping
from gristmill.engines.plain.tables import DuckDBTables, SparkTables
from gristmill.engines.spark.lower import lower as spark_query
from gristmill.engines.spark.routines import AsPhoton
from gristmill.engines.spark.write import TYPES as SPARK_TYPES
from gristmill.engines.sql.batches import BatchCall
from gristmill.functions.registry import FUNCTIONS
from gristmill.language.printer import print_step
from gristmill.plan.passes.graph import inputs_first, made_by
from gristmill.plan.relations import Plan
from gristmill.plan.rows import Rows
from gristmill.problems import Problem, RecipeError, quoted
from gristmill.recipe.compile import Applied, Compiled
from gristmill.recipe.output import text_plan
from gristmill.transforms.environment import Environment

SETTINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "duckdb": ("SET ieee_floating_point_ops = false", "SET TimeZone = 'UTC'"),
        "spark": (
            "SET spark.sql.session.timeZone = UTC",
            "SET spark.sql.ansi.enabled = true",
            "SET spark.sql.variable.substitute = false",
        ),
    }
)
BETWEEN = ";\n\n"
NO_TABLES: Mapping[int, str] = MappingProxyType({})
FAR = 20_000_000
BATCH = 10_000  # rows


@dataclass(frozen=True, slots=True)
class Script:
    """Statements to run one after the other; the last is the query whose rows are the result, in order."""

    settings: tuple[str, ...]
    views: tuple[str, ...]
    query: str
    columns: tuple[str, ...]

    @property
    def statements(self) -> tuple[str, ...]:
        return (*self.settings, *self.views, self.query)

    def text(self) -> str:
        """All statements as one file."""
        return "".join(f"{statement}{BETWEEN}" for statement in self.statements).rstrip() + "\n"


@dataclass(slots=True)
class _Query:
    tree: exp.Select
    columns: tuple[str, ...]
    batches: dict[str, BatchCall] = field(default_factory=dict)


def sql_script(looked: Looked, dialect: str, paths: Mapping[str, str], loaded: Mapping[int, str] = NO_TABLES) -> Script:
    """The SQL of a compiled job, every cell a text as a CSV output has it.

    `paths` says how files are called in the SQL; sources that are `loaded` are tables of that name with columns f0,
    f1, …. Raises RecipeError, which names function and step, where SQL cannot say it; RunError for inputs that only
    the job's own reader reads. The query is tried on the data with DuckDB.
    """
    tables = DuckDBTables(looked, paths, loaded)
    rows = looked.compiled.rows
    trial = _duckdb(looked, DuckDBTables(looked, {}, NO_TABLES), rows)
    _try(looked, trial)
    if dialect == "duckdb":
        query = _duckdb(looked, tables, rows)
        return Script(SETTINGS[dialect], (), _written(query, looked.compiled, dialect), query.columns)
    views = SparkTables(looked, paths)
    query = _spark(looked, views, rows)
    _refuse_routines(looked, views, query)
    return Script(SETTINGS[dialect], tuple(views.views()), _written(query, looked.compiled, dialect), query.columns)


def _plan(looked: Looked, rows: Rows) -> Plan:
    env = Environment(ask=looked.session.ask, parameters=looked.job.parameters, seed=looked.job.seed, portable=True)
    return text_plan(rows, env, include_mismatches=False)


def _duckdb(looked: Looked, tables: DuckDBTables, rows: Rows) -> _Query:
    # a script may meet other files than these: nothing is known of their cells
    query = duckdb_query(_plan(looked, rows), _far_ids(), lambda _: tables.read, {})
    stopping(query.tree, query.batches, "error", DUCKDB_TYPES)
    return _Query(query.tree, query.columns, query.batches)


def _spark(looked: Looked, tables: SparkTables, rows: Rows) -> _Query:
    query = spark_query(_plan(looked, rows), _far_ids(), tables.read, writer=PortableWriter)
    stopping(query.tree, query.batches, "raise_error", SPARK_TYPES)
    return _Query(query.tree, query.columns, query.batches)


def _far_ids() -> Iterator[int]:
    """Numbers for hidden columns, beyond those of the compiler."""
    return iter(range(FAR, 2**31))


# -- what cannot be said ---------------------------------------------------------------------------------------------


def _try(looked: Looked, query: _Query) -> None:
    """Run a query where there is nothing of ours. Raises RecipeError where it needs a routine."""
    name = _stopped(looked, query.tree)
    if name is not None:
        tables = DuckDBTables(looked, {}, NO_TABLES)
        raise _cannot(looked, name, "duckdb", lambda rows: _stopped(looked, _duckdb(looked, tables, rows).tree) == name)


def _stopped(looked: Looked, tree: exp.Select) -> str | None:
    """The function whose routine the query needs on its data."""
    limits = looked.job.limits
    config: dict[str, Any] = {"temp_directory": limits.scratch} if limits.scratch else {}
    files = exp.Array(expressions=[exp.Literal.string(file) for file in looked.sources.files()])
    with duckdb.connect(":memory:", config=config) as connection:
        confined = (f"SET allowed_paths = {files.sql(dialect='duckdb')}", "SET enable_external_access = false")
        for setting in (*SETTINGS["duckdb"], *confined):
            connection.execute(setting)
        try:
            for _ in connection.execute(tree.sql(dialect="duckdb")).to_arrow_reader(BATCH):
                pass
        except duckdb.Error as error:
            name = stopped_by(str(error))
            if name is None:
                raise
            return name
    return None


def _refuse_routines(looked: Looked, tables: SparkTables, query: _Query) -> None:
    """Raises RecipeError for a function that only photon computes."""
    names = _of_photon(query)
    if names:
        raise _cannot(looked, names[0], "spark", lambda rows: names[0] in _of_photon(_spark(looked, tables, rows)))


def _of_photon(query: _Query) -> list[str]:
    routines = (call.function.batch for call in query.batches.values())
    return sorted(routine.function for routine in routines if isinstance(routine, AsPhoton))


def _cannot(looked: Looked, name: str, dialect: str, needs: Callable[[Rows], bool]) -> RecipeError:
    """The error for a function, said of the first step that needs it."""
    step = next((applied for applied in looked.compiled.steps if needs(applied.after)), None)
    function = FUNCTIONS[name]
    shown = name if name.isupper() else f"the routine {name} ({function.doc.rstrip('.').lower()})"
    message = f"not supported: {shown} in SQL for {dialect}"
    if step is None:
        return RecipeError([Problem("not-supported", f"{message}, which the output needs")])
    problem = Problem("not-supported", f"{message}: {quoted(print_step(step.step))}", span=step.step.span)
    return RecipeError([problem.at(step.number, step.step.transform)])


# -- writing ---------------------------------------------------------------------------------------------------------


def _written(query: _Query, compiled: Compiled, dialect: str) -> str:
    """The query with the names of the columns, and by each of its tables the steps that it computes."""
    tree = query.tree
    _qualify_order(tree)
    named = [
        exp.alias_(item.unalias(), name, quoted=True)
        for item, name in zip(tree.expressions, query.columns, strict=True)
    ]
    tree.set("expressions", named)
    steps = _steps_by_column(compiled)
    for cte in tree.ctes:
        numbers = {name for item in cte.this.selects if isinstance(item, exp.Alias) and (name := item.alias) in steps}
        told = dict.fromkeys(steps[name] for name in sorted(numbers, key=lambda name: int(name[1:])))
        cte.this.add_comments([_sentence(applied) for applied in sorted(told, key=lambda item: item.number)])
    return tree.sql(dialect=dialect, pretty=True)


def _qualify_order(tree: exp.Select) -> None:
    """Sort keys name their table: a column of the user may be called as one of ours."""
    order, source = tree.args.get("order"), tree.args["from_"].this
    if order is not None:
        for column in list(order.find_all(exp.Column)):
            column.set("table", exp.to_identifier(source.alias_or_name))


def _steps_by_column(compiled: Compiled) -> dict[str, Applied]:
    """By the name of an SQL column the step that has made it."""
    steps: dict[str, Applied] = {}
    seen: set[int] = set()
    for applied in compiled.steps:
        old = {id(node) for node in inputs_first(applied.before.relation)}
        for node in inputs_first(applied.after.relation):
            if id(node) not in old | seen:
                seen.add(id(node))
                steps |= {f"c{number}": applied for number in made_by(node)}
    return steps


def _sentence(applied: Applied) -> str:
    text = " ".join(print_step(applied.step).split()).replace("*/", "* /")
    return f" step {applied.number}: {text} "
