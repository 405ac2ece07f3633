"""How a dataset is read: its files and what is known of their structure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CsvStructure:
    """How delimited text is laid out (transforms 8.2). `quote` is empty where nothing is quoted."""

    delimiter: str = ","
    quote: str = '"'
    row_delimiter: str = "\n"
    columns: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A dataset's files with their format; `csv` is None until somebody has looked.

    `options` are the user's wishes: `encoding`, `detectStructure`, `ensureHeader` (true: the first row holds the
    names), `header` (false: it does not), `sanitizeColumnNames`, `delimiter`.
    """

    files: tuple[str, ...]
    format: str | None = None
    options: Json = field(default_factory=dict)
    csv: CsvStructure | None = None

    @classmethod
    def of_file(cls, path: Path) -> Reading:
        """A file that nobody has looked at yet."""
        return cls((str(path),))

    @property
    def encoding(self) -> str:
        return str(self.options.get("encoding") or "utf-8")

    def as_json(self) -> Json:
        """Plain values; `records` says whether rows know their number, `header_records` how many precede the first."""
        return {
            "files": list(self.files),
            "format": self.format,
            "options": self.options,
            "csv": None if self.csv is None else asdict(self.csv),
            "records": len(self.files) == 1 and self.format in (None, "csv"),
            "header_records": int(self.csv.header) if self.csv is not None else 0,
        }

    @classmethod
    def from_json(cls, document: Json) -> Reading:
        """Read `as_json`; documents of others may lack what only detection knows."""
        csv = document.get("csv")
        return cls(
            tuple(document["files"]),
            document.get("format"),
            dict(document.get("options") or {}),
            None if csv is None else CsvStructure(**csv),
        )
