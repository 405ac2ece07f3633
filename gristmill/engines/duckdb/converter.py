"""Bringing a workbook or JSON document into files that the engine reads in place, before the recipe runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from gristmill.engines.detecting import known_source
from gristmill.engines.duckdb.conversions import Copies
from gristmill.engines.watch import Watch
from gristmill.recipe.job import Job
from gristmill.storage.reading import Reading

Json = dict[str, Any]


def convert(document: Json, watch: Watch) -> Json:
    """The source at place `source` of `job` with its rows in `folder`: `{"name", "reading", "columns"}`.

    Raises RunError for files that are missing or cannot be read.
    """
    job = Job.from_json(document["job"])
    source = known_source(job, document["source"])
    reading = Reading.from_json(source.reading)
    forms = tuple(column.form for column in source.columns or ())
    copies = tuple(Copies(Path(document["folder"]), watch).converted(source.name, reading, forms))
    converted = replace(source, reading=replace(reading, copies=copies).as_json())
    found: Json = replace(job, sources=(converted,)).as_json()["sources"][0]
    return found
