"""The TextMate grammar of recipes for editors, written from the declarations."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from gristmill.functions.registry import FUNCTIONS
from gristmill.language.calls import ALIASES
from gristmill.language.expressions import OPERATORS
from gristmill.language.grammar import Kind
from gristmill.language.scanner import NUMBER
from gristmill.language.tokens import TOKENS
from gristmill.transforms.registry import TRANSFORMS
from gristmill.transforms.scope import BUILT_IN
from gristmill.types.logical import ALL

Rule = dict[str, Any]
ESCAPE = {"name": "constant.character.escape.wrangle", "match": r"\\(?:u[0-9A-Fa-f]{4}|.)"}


def grammar_text() -> str:
    """The grammar as the JSON file that editors read."""
    grammar = {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "information_for_contributors": ["Written by make docs from the declarations of the program."],
        "name": "Wrangle",
        "scopeName": "source.wrangle",
        "fileTypes": ["wrangle"],
        "patterns": [_comment(), *_quoted(), _transforms(), *_words_of_parameters(), _parameters(), *_expressions()],
    }
    return json.dumps(grammar, ensure_ascii=False, indent=2) + "\n"


def _comment() -> Rule:
    return {"name": "comment.line.wrangle", "match": r"^\s*(?://|--).*$"}


def _quoted() -> Iterator[Rule]:
    """Texts, patterns with their tokens, regular expressions where a value begins, names in braces."""
    for sign, kind in (("'", "single"), ('"', "double")):
        yield {"name": f"string.quoted.{kind}.wrangle", "begin": sign, "end": sign, "patterns": [ESCAPE]}
    token = {"name": "constant.other.placeholder.wrangle", "match": rf"\{{(?:{_any(TOKENS)})\}}"}
    yield {"name": "string.regexp.pattern.wrangle", "begin": "`", "end": "`|$", "patterns": [ESCAPE, token]}
    begins = r"(?:(?<=[:,(=])|(?<=[:,(=]\s))"
    yield {"name": "string.regexp.wrangle", "match": begins + r"/(?:[^/\\\r\n]|\\.)+/"}
    yield {"name": "variable.other.column.wrangle", "match": r"\{(?:[^{}\\\r\n]|\\.)*\}"}


def _transforms() -> Rule:
    names = [spelling for item in TRANSFORMS.values() for spelling in (item.name, *item.aliases)]
    return {"name": "keyword.control.transform.wrangle", "match": rf"^\s*(?i:{_any(names)})\b(?!\s*:)"}


def _words_of_parameters() -> Iterator[Rule]:
    """A parameter with one of its words, or with a type."""
    words: dict[str, set[str]] = defaultdict(set)
    for transform in TRANSFORMS.values():
        for item in transform.parameters.values():
            if item.kind is Kind.WORDS:
                for key in (item.key, *item.old):
                    words[key].update(item.words or (known.name for known in ALL))
    for key in sorted(words):
        yield {
            "match": rf"\b(?i:({key}))\s*(:)\s*((?i:{_any(words[key])}))\b",
            "captures": {
                "1": {"name": "entity.other.attribute-name.wrangle"},
                "2": {"name": "punctuation.separator.key.wrangle"},
                "3": {"name": "constant.language.wrangle"},
            },
        }


def _parameters() -> Rule:
    declared = (item for transform in TRANSFORMS.values() for item in transform.parameters.values())
    keys = {key for item in declared for key in (item.key, *item.old)}
    return {
        "match": rf"\b(?i:({_any(keys)}))\s*(:)",
        "captures": {
            "1": {"name": "entity.other.attribute-name.wrangle"},
            "2": {"name": "punctuation.separator.key.wrangle"},
        },
    }


def _expressions() -> Iterator[Rule]:
    functions = [*(name for name, item in FUNCTIONS.items() if not item.hidden), *ALIASES]
    yield {"name": "support.function.wrangle", "match": rf"\b(?i:{_any(functions)})(?=\s*\()"}
    yield {"name": "variable.language.wrangle", "match": rf"\$(?:{_any(['col', *BUILT_IN])})\b"}
    yield {"name": "variable.parameter.wrangle", "match": r"\$(?:\{[^}\r\n]*\}|\w+)"}
    yield {"name": "constant.language.boolean.wrangle", "match": r"\b(?:true|false)\b"}
    yield {"name": "constant.numeric.wrangle", "match": rf"(?<![\w.]){NUMBER.pattern}(?!\w)"}
    yield {"name": "keyword.operator.wrangle", "match": _any([*OPERATORS, "!", "~", "?"])}


def _any(words: Iterable[str]) -> str:
    """One of the words, the longer before the shorter."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))
