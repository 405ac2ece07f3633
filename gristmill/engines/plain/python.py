"""A recipe as a Python script of its own: pandas in, pandas out, the job's SQL on DuckDB in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pprint import pformat
from string import Template

from gristmill.engines.duckdb.looking import Looked
from gristmill.engines.plain.script import SETTINGS, sql_script
from gristmill.engines.plain.tables import Tables, refused
from gristmill.problems import run_error
from gristmill.recipe.job import Source

MAIN = "main_input"
_SCRIPT = Template('''"""The recipe $name: needs duckdb and pandas, and nothing else.

run_transforms(df) gives the result for any rows of the main input. Run as a program, it reads the main input's files
and prints the result as CSV. All cells are texts, as the files hold them; read yours with dtype=str.
"""

import sys

import duckdb
import pandas as pd

COLUMNS = $columns
# path, delimiter, quote, whether the first line holds names, how many columns, which of them belong where
FILES = $files
SETTINGS = $settings
QUERY = $query


def run_transforms(df):
    """The recipe's result for the rows of its main input: a frame of texts, None where there is nothing."""
    frame = as_texts(df)
    with duckdb.connect() as connection:
        for setting in SETTINGS:
            connection.execute(setting)
        connection.register("frame", frame)
        columns = ", ".join(f"{name} VARCHAR" for name in frame.columns)
        connection.execute(f"CREATE TABLE $main ({columns})")
        connection.execute("INSERT INTO $main SELECT * FROM frame")
        return connection.execute(QUERY).df()


def as_texts(df):
    """The columns of the main input by position, every cell a text."""
    absent = [name for name in COLUMNS if name not in df.columns]
    if absent:
        raise KeyError(f"columns not found: {', '.join(absent)}")
    columns = {f"f{at}": df[name].map(as_text).astype("string") for at, name in enumerate(COLUMNS)}
    return pd.DataFrame(columns, index=df.index)


def as_text(cell):
    """A cell as a CSV file holds it."""
    if pd.isna(cell):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e16:
        return str(int(cell))
    return str(cell)


def read_main():
    """The main input as the job reads it."""
    frames = []
    for path, delimiter, quote, header, width, places in FILES:
        cells = pd.read_csv(
            path,
            sep=delimiter,
            quotechar=quote or '"',
            quoting=0 if quote else 3,
            header=0 if header else None,
            names=range(width),
            dtype=str,
            na_filter=False,
            skip_blank_lines=False,
            encoding="utf-8-sig",
        )
        absent = pd.Series([""] * len(cells), index=cells.index, dtype=str)
        columns = [absent if place is None else cells[place] for place in places]
        frames.append(pd.DataFrame(dict(zip(COLUMNS, columns)), index=cells.index))
    return pd.concat(frames, ignore_index=True)


if __name__ == "__main__":
    run_transforms(read_main()).to_csv(sys.stdout, index=False, lineterminator="\\n")
''')


def python_script(looked: Looked, paths: Mapping[str, str], names: Sequence[str] = ()) -> str:
    """The script of a compiled job; `paths` says how files are called in it, `names` the columns of its frames.

    Raises RecipeError and RunError as `sql_script` does, and for a main input that is no text file.
    """
    recipe = looked.job.recipes[-1]
    number = int(looked.job.recipes[0].main.removeprefix("source:"))
    source = looked.job.sources[number]
    files = _files(Tables(looked, paths), source)
    columns = [column.name for column in source.columns or ()]
    if names and len(names) != len(columns):
        raise run_error(f"expected {len(columns)} columns ({', '.join(columns)}), got {len(names)}")
    script = sql_script(looked, "duckdb", paths, {number: MAIN})
    return _SCRIPT.substitute(
        name=" ".join(recipe.name.replace("\\", "/").replace('"""', "'''").split()),
        columns=pformat(list(names or columns), width=110),
        files=pformat(files, width=110),
        settings=pformat(list(SETTINGS["duckdb"]), width=110),
        query=_quoted(script.query),
        main=MAIN,
    )


def _files(tables: Tables, source: Source) -> list[tuple[object, ...]]:
    """How each file of the main input is read, as the script has it in FILES."""
    reading = tables.reading(source)
    if reading.format != "csv":
        raise refused(source, reading, "pandas")
    found: list[tuple[object, ...]] = []
    for fit, _ in tables.texts(source):
        form = fit.structure
        facts = (form.delimiter or "\x1f", form.quote, form.header, form.columns)
        found.append((tables.called(fit.path), *facts, list(fit.places)))
    return found


def _quoted(query: str) -> str:
    """The query as a literal that people can read, if that can be."""
    readable = '"""' not in query and all(char.isprintable() or char == "\n" for char in query)
    return f'r"""\n{query}\n"""' if readable else repr(query)
