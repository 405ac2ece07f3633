"""A job's sources for SQL that stands alone: readers of the files themselves, with every option said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlglot import exp

from gristmill.engines.duckdb.looking import Looked
from gristmill.engines.duckdb.tables import FILE_PATH, csv_query, parquet_query
from gristmill.plan.relations import Source
from gristmill.problems import run_error
from gristmill.recipe.job import Source as JobSource
from gristmill.storage.cleaning import is_utf8, readable
from gristmill.storage.fitting import Fit, fits
from gristmill.storage.formats.parquet import fields_of
from gristmill.storage.reading import Reading

ROW = "row_number"
Columns = dict[int, exp.Expr]


@dataclass(frozen=True, slots=True)
class Tables:
    """The sources of a job that has been looked at. `paths` says how the user calls each file."""

    looked: Looked
    paths: Mapping[str, str]

    def reading(self, source: JobSource) -> Reading:
        return Reading.from_json(source.reading)

    def called(self, path: Path) -> str:
        """The file's path as it was given."""
        return self.paths.get(str(path), str(path))

    def texts(self, source: JobSource) -> Iterator[tuple[Fit, dict[str, object]]]:
        """The text files of a source with DuckDB's options. Raises RunError for one that has to be cleaned first."""
        reading, names = self.reading(source), tuple(column.name for column in source.columns or ())
        with TemporaryDirectory(prefix="gristmill-") as folder:
            for fit in fits(reading, names):
                own = replace(reading, csv=fit.structure)
                refused = str(fit.path) in self.looked.sources.copies.refused or not is_utf8(fit.path)
                table = readable(fit.path, own, Path(folder) / "copy.csv", clean=refused)
                if table.path != fit.path:
                    raise run_error(
                        f"not supported: {source.name}: {fit.path.name} is packed, not UTF-8 or "
                        "irregular, so no engine reads it alone as the job does",
                        hint="Write a clean copy first: a recipe without steps and gristmill run.",
                    )
                yield fit, dict(table.options)


def refused(source: JobSource, reading: Reading, dialect: str) -> Exception:
    """The error for a format that the engine's own reader does not read as the job does."""
    return run_error(f"not supported: {source.name}: SQL for {dialect} over {reading.format} files")


# -- DuckDB ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DuckDBTables(Tables):
    """Every source as a subquery over read_csv or read_parquet; one in `loaded` is a table of that name."""

    loaded: Mapping[int, str]

    def read(self, node: Source, wanted: set[int]) -> tuple[exp.Expr, Columns]:
        """From where a source is read, and the SQL of its columns."""
        source = self.looked.job.sources[node.index]
        columns: Columns = {number: exp.column(f"f{place}") for place, number in enumerate(node.columns)}
        counted = exp.Window(this=exp.Anonymous(this="row_number"))
        columns[node.row] = counted
        offset = int(source.reading.get("header_records", 0))
        columns[node.record] = exp.Add(this=counted.copy(), expression=exp.Literal.number(offset))
        columns[node.path] = exp.column(FILE_PATH)
        if node.index in self.loaded:
            columns[node.path] = exp.Null()
            return exp.to_table(self.loaded[node.index]), columns
        read = {item.name for number in wanted if isinstance(item := columns[number], exp.Column)}
        parts = [_only(part, read) for part in self._parts(source)]
        query: exp.Query = parts[0]
        for part in parts[1:]:
            query = exp.Union(this=query, expression=part, distinct=False)
        return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(f"source_{node.index}"))), columns

    def _parts(self, source: JobSource) -> Iterator[exp.Select]:
        reading = self.reading(source)
        if reading.format == "csv":
            for fit, options in self.texts(source):
                shown = reading.shown_path(str(fit.path))
                yield csv_query(Path(self.called(fit.path)), options, fit.places, shown)
        elif reading.format == "parquet":
            forms = tuple(column.form for column in source.columns or ())
            for file in reading.files:
                fields = fields_of(self.looked.session.connection, Path(file))
                path, wanted = Path(self.called(Path(file))), [str(name) for name in reading.layout["fields"]]
                yield parquet_query(path, fields, wanted, forms, reading.shown_path(file))
        else:
            raise refused(source, reading, "duckdb")


def _only(select: exp.Select, names: set[str]) -> exp.Select:
    """The columns that are read; at least one, for rows count."""
    kept = [item for item in select.expressions if item.alias_or_name in names]
    select.set("expressions", kept or select.expressions[:1])
    return select


# -- Spark -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SparkTables(Tables):
    """Every source as a view of numbered rows over a temporary view of each file."""

    def read(self, node: Source, wanted: set[int]) -> tuple[exp.Expr, Columns]:
        """From where a source is read, and the SQL of its columns."""
        source = self.looked.job.sources[node.index]
        columns: Columns = {number: exp.column(f"f{place}") for place, number in enumerate(node.columns)}
        columns[node.row] = exp.column(ROW)
        offset = exp.Literal.number(int(source.reading.get("header_records", 0)))
        columns[node.record] = exp.Paren(this=exp.Add(this=exp.column(ROW), expression=offset))
        columns[node.path] = exp.column(FILE_PATH)
        return exp.to_table(f"source_{node.index}"), columns

    def views(self) -> Iterator[str]:
        """The statements that make the views."""
        for number, source in enumerate(self.looked.job.sources):
            reading = self.reading(source)
            if reading.format != "csv":
                raise refused(source, reading, "spark")
            parts = []
            for at, (fit, _) in enumerate(self.texts(source)):
                name = f"source_{number}_{at}"
                yield _file_view(name, self.called(fit.path), fit)
                parts.append(_numbered(name, at, fit, reading.shown_path(str(fit.path))))
            yield f"CREATE OR REPLACE TEMPORARY VIEW source_{number} AS\n{_joined(parts, len(source.columns or ()))}"


def _file_view(name: str, path: str, fit: Fit) -> str:
    """A file as its reader gives it; one reader for the whole file, so its rows keep their order."""
    structure = fit.structure
    columns = ", ".join(f"f{place} STRING" for place in range(structure.columns))
    options = {
        "path": path,
        "sep": structure.delimiter or "\x1f",
        "quote": structure.quote,
        "escape": structure.quote or "\x00",
        "header": "true" if structure.header else "false",
        "encoding": "UTF-8",
        "multiLine": "true",
        "mode": "FAILFAST",
        "nullValue": "",
        "emptyValue": "",
        "enforceSchema": "true",
        "maxColumns": "1000000",
        "maxCharsPerColumn": "-1",
    }
    listed = ",\n  ".join(f"{key} {_literal(value)}" for key, value in options.items())
    return f"CREATE OR REPLACE TEMPORARY VIEW {name} ({columns})\nUSING csv OPTIONS (\n  {listed}\n)"


def _numbered(name: str, at: int, fit: Fit, shown: str) -> str:
    cells = [
        f"CAST(NULL AS STRING) AS f{column}" if place is None else f"coalesce(f{place}, '') AS f{column}"
        for column, place in enumerate(fit.places)
    ]
    numbers = [f"{at} AS file_number", "monotonically_increasing_id() AS file_row"]
    return f"SELECT {', '.join([*cells, *numbers, f'{_literal(shown)} AS {FILE_PATH}'])} FROM {name}"


def _joined(parts: list[str], columns: int) -> str:
    cells = ", ".join([*(f"f{column}" for column in range(columns)), FILE_PATH])
    counted = f"CAST(row_number() OVER (ORDER BY file_number, file_row) AS BIGINT) AS {ROW}"
    union = "\nUNION ALL\n".join(parts)
    return f"SELECT {cells}, {counted} FROM (\n{union}\n)"


def _literal(text: str) -> str:
    return exp.Literal.string(text).sql(dialect="spark")
