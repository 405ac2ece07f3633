"""What is known of a database product: what it is called, which types it has, what it can do.

A vendor is a declaration in `vendors`; whoever writes SQL or loads rows asks it and never its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from gristmill.types.logical import LogicalType

TEXT = "String"


class Swap(Enum):
    """How a loaded table takes the place of another one where DDL is not part of a transaction."""

    RENAME = "rename"  # several tables at once: RENAME TABLE a TO b, c TO a
    EXCHANGE = "exchange"  # ALTER TABLE a SWAP WITH b
    REPLACE = "replace"  # CREATE OR REPLACE TABLE a AS SELECT … FROM b
    MOVE = "move"  # drop, then rename: readers see nothing for a moment
    OVERWRITE = "overwrite"  # INSERT OVERWRITE TABLE a SELECT … FROM b


class Update(Enum):
    """How rows are updated from another table."""

    FROM = "from"  # UPDATE a SET … FROM b WHERE …
    JOIN = "join"  # UPDATE a JOIN b ON … SET …
    MERGE = "merge"  # MERGE INTO a USING b ON …
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Can:
    """What a database can do.

    `path` is how many names stand before a table's at most. `rollback`: rows that were written can be taken back;
    `ddl_rollback`: tables too; `truncate_rollback`: TRUNCATE too. `empty_is_null`: it keeps no empty texts.
    `like`: CREATE TABLE … LIKE; `temporary`: tables of one session, made without ending the transaction.
    `nul_in_text`: texts may hold NUL characters. `inner_order`: a sub-query's ORDER BY counts outside of it.
    """

    path: int = 1
    rollback: bool = True
    ddl_rollback: bool = True
    truncate_rollback: bool = True
    like: bool = True
    temporary: bool = True
    swap: Swap = Swap.RENAME
    update: Update = Update.FROM
    empty_is_null: bool = False
    nul_in_text: bool = False
    inner_order: bool = True


@dataclass(frozen=True, slots=True)
class Ways:
    """What is a database's own way.

    `says_nullable`: columns take nulls only where that is said. `limited`: the type of texts of limited length, else
    that of texts. `fraction`: what a type of moments needs behind it for fractions of a second. `text`: the type as
    which anything is read as text; empty: it comes as text anyway. `booleans`: further native types that are Booleans;
    `are_numbers`: in bulk files these are 1 and 0. `moments`: the first and last moment of a native type.
    `temporary`: the sign before names of a session's own tables; `is_placed`: these stand in a database. `merged`: what
    stands behind a MERGE.
    """

    says_nullable: bool = False
    limited: str = ""
    fraction: str = ""
    text: str = "VARCHAR"
    booleans: tuple[str, ...] = ()
    are_numbers: bool = False
    moments: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    temporary: str = ""
    is_placed: bool = False
    merged: str = ""


@dataclass(frozen=True)
class Vendor:
    """A database product.

    `creates` tells the type of a new column by logical type (`Date` and `Time` beside `Datetime` where dates or times
    without the other have a type of their own); all others get that of String. `also` lists the types of existing
    columns that take a logical type, `reads` what native types are when they are read; what is not listed is String.
    `driver` is the module of `drivers`, `extra` what to install for it; `can` and `ways` tell it from others.
    """

    name: str
    title: str
    dialect: str
    driver: str
    creates: Mapping[str, str]
    also: Mapping[str, str] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    extra: str | None = None
    can: Can = Can()
    ways: Ways = Ways()
    is_file: bool = False
    runs_in_tests: bool = False

    def created(self, logical: LogicalType) -> str:
        """The type of a new column for values of a logical type (types 13.2)."""
        return self.creates.get(_key(logical, self.creates), self.creates[TEXT])

    def takes(self, logical: LogicalType, native: str) -> bool:
        """Whether an existing column of a type may be loaded with values of a logical type."""
        own = plain(native)
        names = {plain(self.created(logical))} | self._also.get(logical.name, self._also.get("others", frozenset()))
        return own in names or own in self._texts

    def is_text(self, native: str) -> bool:
        """Whether a column of that type holds any text."""
        return plain(native) in self._texts

    def read(self, native: str) -> str:
        """The name of the logical type that a native type is read as (types 13.4)."""
        return self._reads.get(plain(native), TEXT)

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset({plain(self.creates[TEXT])}) | self._also.get(TEXT, frozenset())

    @cached_property
    def _also(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(map(plain, words.split(","))) for name, words in self.also.items()}

    @cached_property
    def _reads(self) -> dict[str, str]:
        return {plain(word): name for name, words in self.reads.items() for word in words.split(",")}


def plain(native: str) -> str:
    """A native type's name without length, precision and what else stands in parentheses, in lower case."""
    bare = re.sub(r"\([^)]*\)", "", native.lower())
    bare = re.sub(r"\b(unsigned|zerofill|without time zone)\b", "", bare)
    return " ".join(bare.split())


def _key(logical: LogicalType, creates: Mapping[str, str]) -> str:
    if logical.name != "Datetime" or logical.format is None:
        return logical.name
    category = logical.category or ""
    has_clock = "hh" in category
    if all(part in category for part in ("yy", "mm", "dd")):
        return "Datetime" if has_clock or "Date" not in creates else "Date"
    is_clock = has_clock and "yy" not in category and "dd" not in category
    return "Time" if is_clock and "Time" in creates else TEXT
