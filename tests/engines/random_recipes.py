"""Random tables and random recipes over them, for properties that hold whatever a recipe says.

Columns are `i` (integers), `d` (decimals), `t` (texts), `m` (dates), `j` (arrays), `x` (anything), under odd names;
steps put further ones beside them. Most steps fit their columns; what does not is part of the test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Cell = str | None

HUGE = ("9223372036854775807", "-9223372036854775808", "007", "+3", " 4 ", "12345678901234567890")
DECIMALS = ("1e3", ".5", "5.", "-0", "0.1", "0.2", "1e300", "1e-320", "123456789012345.678", "2.5", "-2.5", "1e22")
WORDS = (
    "Straße", "ΣΑΣ", "İstanbul", "a\nb", 'say "hi"', "o'clock", "日本", "é", "e\u0301", "🙂x", "\\d", "(a) b (c)",
    "k=v,l=w", "$1", "${x}", "a|b|c", "  x  ", "\t", "x@y.com", "TRUE", "null", "a", "b", "ab", "ABBA", "a b a",
)  # fmt: skip
DATES = ("2024-02-29", "2024-02-30", "2023-12-31 23:59:59", "1969-12-31 23:59:59", "2000-01-01 00:00:00", "1969-07-20")
ARRAYS = ("[]", "[1,2,3]", '["a","b","a"]', "[null,true]", '{"k":1,"l":"x"}', "[[1],[2]]", "[1.50]")


def _integer(random: Random) -> str:
    return str(random.randint(-5, 12)) if random.random() < 0.8 else random.choice(HUGE)


def _decimal(random: Random) -> str:
    kind = random.random()
    if kind < 0.5:
        return f"{random.uniform(-1000, 1000):.2f}"
    return repr(random.uniform(0.1, 9) * 10.0 ** random.randint(-9, 22)) if kind < 0.7 else random.choice(DECIMALS)


def _text(random: Random) -> str:
    if random.random() < 0.6:
        return random.choice(WORDS)
    return "".join(random.choices("abcXYZ 019-_.,", k=random.randint(0, 12)))


def _moment(random: Random) -> str:
    if random.random() < 0.3:
        return random.choice(DATES)
    return str(date(2020, 1, 1) + timedelta(days=random.randint(-1500, 1500)))


CELLS: dict[str, Callable[[Random], str]] = {
    "i": _integer, "d": _decimal, "t": _text, "m": _moment, "j": lambda random: random.choice(ARRAYS),
    "x": lambda random: CELLS[random.choice("idtmj")](random),
}  # fmt: skip
NAMES = {"i": "a b", "d": "select", "t": "Näme", "m": "from", "j": 'q"x', "x": "A.B"}
ODD: tuple[Cell, ...] = (None, "", "x", "N/A")

# {i} {d} {t} {m} {j} {x}: a column that began as one of the kind; {n} a small number
NUMBERS = (
    "{i} + {d}", "{i} * {i}", "{d} - {n}", "{d} / {i}", "{i} % {n}", "-{d}", "ABS({d})", "FLOOR({d})",
    "CEILING({d})", "ROUND({d})", "ROUND({d}, 2)", "ROUND({i}, -1)", "TRUNC({d}, 1)", "SQRT({d})", "POW({d}, 2)",
    "LN({d})", "SIGN({d})", "LEN({t})", "FIND({t}, 'a')", "UNICODE({t})", "PARSEINT({x})", "PARSEFLOAT({x})",
    "YEAR({m})", "MONTH({m})", "WEEKDAY({m})", "WEEKNUM({m})", "HOUR({m})", "DATEDIF({m}, {m}, month)",
    "DATEDIF({m}, '2020-01-01', day)", "UNIXTIME({m})", "SERIALNUMBER({m})", "EOMONTH({m}, {n})", "ARRAYLEN({j})",
    "LISTSUM({j})", "RAND(7)", "ROWNUMBER()",
)  # fmt: skip
TEXTS = (
    "UPPER({t})", "LOWER({x})", "PROPER({t})", "TRIM({t})", "LEFT({t}, {n})", "RIGHT({x}, 2)",
    "SUBSTRING({t}, 1, 3)", "MERGE([{t}, {d}, {m}], '|')", "SUBSTITUTE({t}, 'a', 'b')",
    "SUBSTITUTE({t}, `{{digit}}+`, '#')", "PAD({t}, 5, '*')", "SUBSTITUTE({t}, /([a-z])(.)/, '$2$1')",
    "REPEAT({t}, {n})", "REMOVEWHITESPACE({t})", "REMOVESYMBOLS({t})", "NUMFORMAT({d}, '#,##0.00')",
    "DATEFORMAT({m}, 'EEE, dd MMM yyyy HH:mm')", "MONTHNAME({m})", "SHA256({t})", "TRIMQUOTES({t})",
    "TRANSLITERATE({t}, FullWidthToHalfWidth)", "BASE64ENCODE({t})", "PARSESTRING({d})", "COALESCE([{x}, {t}])",
    "IFMISSING({t}, 'none')", "IF({i} > 2, {t}, {x})", "CASE([{i} == 1, 'one', {d} > 0, {x}, 'else'])", "{x}",
    "CHAR({i})", "ARRAYELEMENTAT({j}, 0)", "ARRAYSORT({j}, descending)", "KEYS({j})", "[{i}, {t}]",
    "ARRAYUNIQUE([{j}, {j}])", "DOUBLEMETAPHONE({t})",
)  # fmt: skip
MOMENTS = (
    "DATEADD({m}, {n}, month)", "DATEADD({m}, {i}, day)", "DATEADD({m}, -90, minute)", "DATE({n} + 2000, {i}, 15)",
    "PARSEDATE({x})", "WORKDAY({m}, {n})", "CONVERTFROMUTC({m}, 'America/New_York')", "MINDATE({m})",
    "MAXDATE({m})",
)  # fmt: skip
TESTS = (
    "{i} == {d}", "{x} == {t}", "{d} < {i}", "{m} >= '2000-01-01'", "{t} != 'x'", "ISMISSING({t})", "ISNULL({x})",
    "ISMISMATCHED({i})", "VALID({x}, 'Integer')", "MATCHES({t}, `{{alpha}}{{digit}}`)", "MATCHES({t}, /a.*b/)",
    "STARTSWITH({t}, 'a')", "IN({i}, [1, 2, 3])", "{i} > 1 && {d} < 100", "!({t} == '') || {i} == 1",
    "ISEVEN({i})", "STRINGLESSTHAN({t}, {x})", "COUNT() > 2", "{d} == MAX({d})", "ENDSWITH({t}, 'b', true)",
)  # fmt: skip
AGGREGATES = (
    "SUM({i})", "SUM({d})", "AVERAGE({d})", "MIN({d})", "MAX({i})", "COUNT()", "COUNTA({t})", "COUNTDISTINCT({x})",
    "COUNTIF({i} > 1)", "ANY({t})", "LIST({x}, 5)", "UNIQUE({t}, 5)", "MODE({i})", "MEDIAN({d})",
    "PERCENTILE({d}, 30)", "KTHLARGEST({i}, 2)", "MINDATE({m})", "MAXDATE({m})", "MODEDATE({m})", "STDEV({d})",
    "SUMIF({d}, {i} > 0)", "COUNTDISTINCTIF({t}, {i} > 0)", "KTHLARGESTUNIQUE({d}, 2)",
    "PERCENTILE({d}, 30, exclusive)",
)  # fmt: skip
WINDOWS = (
    "PREV({x}, 1)", "NEXT({t}, 2)", "FILL({t}, -1, 0)", "RANK()", "DENSERANK()", "ROWNUMBER()",
    "ROLLINGSUM({i}, 2, 0)", "ROLLINGAVERAGE({d}, 1, 1)", "ROLLINGMAX({d}, -1, 0)", "ROLLINGCOUNTA({t}, 2, 2)",
    "ROLLINGLIST({t}, 3, 1, 1)", "ROLLINGMODE({i}, 2, 0)", "SESSION({m}, 2, day)", "ROLLINGMINDATE({m}, 1, 0)",
    "ROLLINGKTHLARGEST({i}, 2, 2, 0)",
)  # fmt: skip
STEPS = (
    "derive type: single value: {number} as: {new}", "derive type: single value: {text} as: {new}",
    "derive type: single value: {moment} as: {new}", "derive type: single value: {test} as: {new}",
    "derive type: multiple value: {aggregate} group: {t} as: {new}",
    "derive type: multiple value: {aggregate} as: {new}",
    "derive type: multiple value: {window} order: {x} as: {new}",
    "derive type: multiple value: {aggregate} group: {d} as: {new}",
    "derive type: multiple value: {window} group: {t} order: -{d} as: {new}",
    "window value: {window} group: {i} order: {m}", "filter type: custom rowType: single row: {test} action: Keep",
    "filter type: missing col: {t} action: Delete",
    "filter type: custom rowType: single row: {test} action: Delete",
    "filter type: mismatched col: {d} mismatched: 'Float' action: Keep", "sort order: {d}", "sort order: -{t},{i}",
    "sort order: {m}", "deduplicate", "filter type: topRows limit: 4 action: Keep",
    "groupby group: {t} value: {aggregate},{aggregate} type: agg", "groupby value: {aggregate} type: agg",
    "groupby group: {i},{t} value: {aggregate} type: agg", "pivot col: {t} group: {i} value: SUM({d}) limit: 5",
    "unpivot col: {i},{t}", "valuestocols col: {t} value: 'Y' default: 'N' limit: 4",
    "onehotencode col: {i} limit: 3", "settype col: {x} type: Integer", "settype col: {t} type: String",
    "settype col: {d} type: Float", "split col: {t} on: ' ' limit: 2",
    "extract col: {t} on: `{{digit}}+` limit: 2", "countpattern col: {t} on: 'a'",
    "replace col: {t} on: `{{upper}}` with: '_' global: true", "set col: {d} value: {number}",
    "set col: {t} value: {text}", "merge col: {t},{x} with: '-' as: {new}", "drop col: {x} action: Drop",
    "move col: {d} position: before before: {t}", "flatten col: {j}", "unnest col: {j} keys: 'k','l'",
    "nest col: {t},{i} into: object as: {new}", "union with: other",
    "join with: other col: {i} = current_dataset.{i}, u = other.u row: current_dataset.{i} == other.k type: left",
    "replacemissing col: {t} with: custom text: 'gone'", "replacemismatched col: {i} with: null",
    "textformat col: {t} type: uppercase", "bin options: equalBins col: {d} bins: 3 as: {new}",
    "scaleminmax col: {d} min: 0 max: 1", "mask col: {t} show: 1", "rename type: manual mapping: [{x},{new}]",
    "splitrows col: {t} on: ' '", "extractkv col: {t} key: `{{alpha}}` valueafter: '=' delimiter: ','",
)  # fmt: skip
PARTS = {
    "number": NUMBERS, "text": TEXTS, "moment": MOMENTS, "test": TESTS, "aggregate": AGGREGATES, "window": WINDOWS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """A recipe over a table, with another dataset that it may name."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    recipe: str
    other: tuple[tuple[Cell, ...], ...]


def examples(most_steps: int = 12) -> SearchStrategy[Example]:
    """Tables of up to eight rows and recipes of so many steps."""
    return st.randoms(use_true_random=True).map(lambda random: _example(random, most_steps))


def _example(random: Random, most_steps: int) -> Example:
    rows = tuple(tuple(_cell(random, kind) for kind in NAMES) for _ in range(random.randint(0, 8)))
    other = tuple((_cell(random, "i"), _cell(random, "t")) for _ in range(random.randint(0, 4)))
    steps: list[str] = []
    named: list[str] = []
    for number in range(random.randint(1, most_steps)):
        steps.append(_Filling(random, number, tuple(named)).fill(random.choice(STEPS)))
        if f"'n{number}'" in steps[-1]:
            named.append(f"n{number}")
    return Example(tuple(NAMES.values()), rows, "\n".join(steps), other)


def _cell(random: Random, kind: str) -> Cell:
    return CELLS[kind](random) if random.random() < 0.8 else random.choice(ODD)


@dataclass(frozen=True, slots=True)
class _Filling:
    """Fills the holes of a step; each is drawn anew. `named` are columns that earlier steps have made."""

    random: Random
    number: int
    named: tuple[str, ...]

    def fill(self, template: str) -> str:
        result, rest = "", template
        while rest:
            before, opening, rest = rest.partition("{")
            result += before
            if rest.startswith("{"):
                inside, _, rest = rest[1:].partition("}}")
                result += f"{{{inside}}}"
            elif opening:
                hole, _, rest = rest.partition("}")
                result += self._hole(hole)
        return result

    def _hole(self, hole: str) -> str:
        if hole == "new":
            return f"'n{self.number}'"
        if hole == "n":
            return str(self.random.randint(0, 4))
        if hole in PARTS:
            return self.fill(self.random.choice(PARTS[hole]))
        return self.random.choice(("{" + NAMES[hole] + "}",) * 6 + self.named)
