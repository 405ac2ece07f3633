"""How a dataset is read: its files and what is known of their structure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CsvStructure:
    """How delimited text is laid out (transforms 8.2). `quote` is empty where nothing is quoted.

    `marked` are the places of columns in which a look has seen what CSV has in quotes (`grammar.MARKS`).
    """

    delimiter: str = ","
    quote: str = '"'
    row_delimiter: str = "\n"
    columns: int = 1
    header: bool = False
    marked: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, document: Json) -> CsvStructure:
        """Read what `asdict` gives, also where it has been written as JSON."""
        return cls(**document | {"marked": tuple(document.get("marked", ()))})


@dataclass(frozen=True, slots=True)
class Reading:
    """A dataset's files with their format; `csv` and `layout` are bare until somebody has looked.

    `layout` is what else the look found; each module of `storage.formats` says what it keeps.

    `options` are the user's wishes: `encoding`, `detectStructure`, `ensureHeader` (true: the first row holds the
    names), `header` (false: it does not), `sanitizeColumnNames`, `delimiter`, `sheet` (Excel: a name, several, `*`),
    `disableTypeInference`, `maxBadPercent` (JSON).

    `foreign` is set where format, structure and columns were found on other files than these. `shown` says by file
    which path rows tell of themselves, where it is not the file's own. `copies` are there where the rows were brought
    into files of our own before the run: each with what its rows tell of themselves.
    """

    files: tuple[str, ...]
    format: str | None = None
    options: Json = field(default_factory=dict)
    csv: CsvStructure | None = None
    layout: Json = field(default_factory=dict)
    foreign: bool = False
    shown: dict[str, str] = field(default_factory=dict)
    copies: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_file(cls, path: Path) -> Reading:
        """A file that nobody has looked at yet."""
        return cls((str(path),))

    @property
    def encoding(self) -> str:
        return str(self.options.get("encoding") or "utf-8")

    def shown_path(self, file: str) -> str:
        """What `$filepath` says in the rows of a file."""
        return self.shown.get(file, file)

    def as_json(self) -> Json:
        """Plain values; `records` says whether rows know their number, `header_records` how many precede the first."""
        return {
            "files": list(self.files),
            "format": self.format,
            "options": self.options,
            "csv": None if self.csv is None else asdict(self.csv),
            "layout": self.layout,
            "foreign": self.foreign,
            "shown": self.shown,
            "copies": [list(copy) for copy in self.copies],
            "records": self._has_records,
            "header_records": int(self.csv.header if self.csv is not None else self.layout.get("header", False)),
        }

    @property
    def _has_records(self) -> bool:
        """Rows know their number in one file, unless that is Parquet (platform 3.1, 3.7)."""
        return len(self.files) == 1 and self.format != "parquet" and len(self.layout.get("sheets", ())) < 2

    @classmethod
    def from_json(cls, document: Json) -> Reading:
        """Read `as_json`; documents of others may lack what only detection knows."""
        csv = document.get("csv")
        return cls(
            tuple(document["files"]),
            document.get("format"),
            dict(document.get("options") or {}),
            None if csv is None else CsvStructure.from_json(csv),
            dict(document.get("layout") or {}),
            bool(document.get("foreign")),
            dict(document.get("shown") or {}),
            tuple((path, shown) for path, shown in document.get("copies") or ()),
        )
