"""What a format's writer has done."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Written:
    """Rows and counted nulls of one file. `quotes`: its records may span lines; `header`: its first record is one."""

    rows: int
    nulled: dict[str, int] = field(default_factory=dict)
    quotes: bool = False
    header: bool = False
