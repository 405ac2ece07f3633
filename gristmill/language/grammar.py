"""What the parser must be told about transforms. The transform registry implements it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Protocol


class Kind(Enum):
    """How the value of a parameter is written."""

    COLUMNS = "columns"  # names, ranges, *; also string literals (merge)
    EXPRESSION = "expression"  # one expression
    EXPRESSIONS = "expressions"  # expressions separated by commas
    WORDS = "words"  # bare words or string literals: `single`, Datetime,'yy-mm-dd','yyyy*mm*dd'
    ORDER = "order"  # `-a,b,$sourcerownumber`
    PAIRS = "pairs"  # `[a,'b'],[c,'d']`
    DATASETS = "datasets"  # free text up to the next parameter, separated by commas
    JOIN_COLUMNS = "join columns"  # `out = dataset.column`
    QUALIFIED = "qualified"  # `dataset.column`
    CONDITION = "condition"  # an expression over `dataset.column`
    MAPPING = "mapping"  # `{'as': 'x', 'sources': a.x,b.y}`
    FLEXIBLE = "flexible"  # an expression list in which a bare word may be a word (filter's `missing: qty`)


class ParameterGrammar(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> Kind: ...


class TransformGrammar(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def parameters(self) -> Mapping[str, ParameterGrammar]: ...
    def parameter(self, key: str) -> ParameterGrammar | None:
        """The parameter written `key` (any case), old spellings included; None where there is none."""


class Grammar(Protocol):
    def transform(self, name: str) -> TransformGrammar | None:
        """The transform written `name` (any case), old names included; None where there is none."""
