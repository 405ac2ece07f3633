"""The job: everything a run needs, as one versioned JSON document.

It crosses every process boundary (server → engine process, CLI → engine, Spark submitter → cluster), so it
holds only plain values: recipe texts, source schemas, parameters, sinks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gristmill.types.custom import declare, documents, read_document
from gristmill.types.logical import LogicalType

VERSION = 1

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column of a source after structure detection: its name and the type inferred on import.

    `form` is `text` for cells that are read as texts, whatever their type; columns of formats with a schema hold
    `integer` (64 bit), `decimal` (double), `boolean` or `moment` (timestamp without zone): then every cell fits.
    """

    name: str
    type: LogicalType
    form: str = "text"

    def as_json(self) -> Json:
        """`{"name": "a", "type": ["Integer"]}`, with `form` where it is not `text`."""
        form = {} if self.form == "text" else {"form": self.form}
        return {"name": self.name, "type": self.type.as_list(), **form}

    @classmethod
    def from_json(cls, document: Json) -> SourceColumn:
        """Read `as_json`."""
        return cls(document["name"], LogicalType.from_list(document["type"]), document.get("form", "text"))


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset that is read.

    `reading` is storage's business (files, format, options; see `gristmill.storage.reading`); the compiler never
    looks into it. `columns` is None while nobody has looked at the file: the schema is then open until the run.
    """

    name: str
    reading: Json
    columns: tuple[SourceColumn, ...] | None = None

    @property
    def has_records(self) -> bool:
        """Whether rows know their record number: not for several files, tables and Parquet (language 3.5)."""
        return bool(self.reading.get("records", True))

    def as_json(self) -> Json:
        """Plain values only."""
        columns = None if self.columns is None else [column.as_json() for column in self.columns]
        return {"name": self.name, "reading": self.reading, "columns": columns}

    @classmethod
    def from_json(cls, document: Json) -> Source:
        """Read `as_json`."""
        columns = document["columns"]
        known = None if columns is None else tuple(map(SourceColumn.from_json, columns))
        return cls(document["name"], document["reading"], known)


@dataclass(frozen=True, slots=True)
class RecipeText:
    """One recipe of the chain.

    `main` and the values of `inputs` name a source (`source:<index>`) or an earlier recipe (`recipe:<index>`);
    the keys of `inputs` are the dataset names that the text uses in join, lookup and union.
    """

    name: str
    text: str
    main: str
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sink:
    """One file (or directory of parts) that the engine writes, at a path that only this attempt uses.

    `format` is `csv`, `json`, `pqt`, `avro`; `options` are that format's write options (`gristmill.storage.formats`).
    """

    path: str
    format: str
    options: Json = field(default_factory=dict)
    include_mismatches: bool = False

    def as_json(self) -> Json:
        """Plain values only."""
        facts = {"path": self.path, "format": self.format, "options": self.options}
        return {**facts, "includeMismatches": self.include_mismatches}

    @classmethod
    def from_json(cls, document: Json) -> Sink:
        """Read `as_json`."""
        return cls(document["path"], document["format"], document["options"], document["includeMismatches"])


@dataclass(frozen=True, slots=True)
class Limits:
    """What the engine may use. `memory_bytes` 0 and `threads` 0 mean: the engine's own default.

    `master` is where Spark runs, `local[2]`; empty: on this machine with so many threads. `properties` are those that
    administrators, output and run set for Spark. `proofs` is the folder in which proofs of files are kept.
    """

    memory_bytes: int = 0
    threads: int = 0
    scratch: str = ""
    max_columns: int = 2500
    master: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    proofs: str = ""

    def as_json(self) -> Json:
        """Plain values only."""
        return {
            "memoryBytes": self.memory_bytes,
            "threads": self.threads,
            "scratch": self.scratch,
            "maxColumns": self.max_columns,
            "master": self.master,
            "properties": dict(self.properties),
            "proofs": self.proofs,
        }

    @classmethod
    def from_json(cls, document: Json) -> Limits:
        """Read `as_json`; what later versions have added may be absent."""
        return cls(
            document["memoryBytes"],
            document["threads"],
            document["scratch"],
            document["maxColumns"],
            document.get("master", ""),
            tuple(document.get("properties", {}).items()),
            document.get("proofs", ""),
        )


@dataclass(frozen=True, slots=True)
class Handover:
    """Rows of a recipe that several jobs stand on: one makes them, the others read what it has kept.

    `recipe` is the place of the recipe in the chain; `key` names it with all that its rows depend on, alike in all
    these jobs. `path` is the file that holds the rows; it need not be there.
    """

    recipe: int
    key: str
    makes: bool = False
    path: str = ""

    def as_json(self) -> Json:
        return {"recipe": self.recipe, "key": self.key, "makes": self.makes, "path": self.path}


@dataclass(frozen=True, slots=True)
class Job:
    """A recipe chain with its sources and sinks; the last recipe's result is written to every sink.

    `reference_date` is the run's "now", ISO 8601 in UTC (platform 1.8). `seed` feeds RAND (language 11). `types`
    are the custom types of the process that has made the job; the one that reads it knows them from then on.
    `handovers` are what the job shares with others; without them it comes to the same result.
    """

    sources: tuple[Source, ...]
    recipes: tuple[RecipeText, ...]
    sinks: tuple[Sink, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    reference_date: str = "1970-01-01T00:00:00Z"
    seed: int = 0
    ignore_recipe_errors: bool = False
    limits: Limits = Limits()
    types: tuple[Json, ...] = field(default_factory=documents)
    handovers: tuple[Handover, ...] = ()

    def as_json(self) -> Json:
        """Plain values only; `Job.from_json` reads it back."""
        return {
            "version": VERSION,
            "sources": [source.as_json() for source in self.sources],
            "recipes": [
                {"name": recipe.name, "text": recipe.text, "main": recipe.main, "inputs": dict(recipe.inputs)}
                for recipe in self.recipes
            ],
            "sinks": [sink.as_json() for sink in self.sinks],
            "parameters": dict(self.parameters),
            "referenceDate": self.reference_date,
            "seed": self.seed,
            "ignoreRecipeErrors": self.ignore_recipe_errors,
            "limits": self.limits.as_json(),
            "types": list(self.types),
            "handovers": [handover.as_json() for handover in self.handovers],
        }

    @classmethod
    def from_json(cls, document: Json) -> Job:
        """Read `as_json`. Raises ValueError for a version that this program does not know."""
        if document.get("version") != VERSION:
            raise ValueError(f"job document of version {document.get('version')!r}, this program reads {VERSION}")
        types = tuple(document.get("types", ()))
        declare(map(read_document, types))
        return cls(
            sources=tuple(map(Source.from_json, document["sources"])),
            recipes=tuple(RecipeText(**item) for item in document["recipes"]),
            sinks=tuple(map(Sink.from_json, document["sinks"])),
            parameters=document["parameters"],
            reference_date=document["referenceDate"],
            seed=document["seed"],
            ignore_recipe_errors=document["ignoreRecipeErrors"],
            limits=Limits.from_json(document["limits"]),
            types=types,
            handovers=tuple(Handover(**item) for item in document.get("handovers", ())),
        )
