"""Hypothesis strategies for everything that a recipe's tree can hold, steps as the transforms declare them."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from gristmill.language import tree
from gristmill.language.grammar import Kind
from gristmill.language.printer import PLAIN_NAME
from gristmill.transforms.base import Transform
from gristmill.transforms.registry import TRANSFORMS

# Characters that mean something somewhere in the grammar stand beside ordinary and odd ones.
ODD = "ab Z_09äß日😀'\"`\\/{}()[],:.=-~*$!?^%+<>&|\t\u00a0\u2028\x0b\x1c\x00"
FUNCTIONS = ("SUM", "DATEDIF", "IF", "ROUND", "NEGATE", "ISMISSING", "CASE", "FOO_1", "ÄH")
INFIX = (
    *("ADD", "SUBTRACT", "MULTIPLY", "DIVIDE", "MOD", "POW", "AND", "OR"),
    *("EQUAL", "NOTEQUAL", "LESSTHAN", "LESSTHANEQUAL", "GREATERTHAN", "GREATERTHANEQUAL"),
)
DATASETS = ("current_dataset", "MISSING", "orders")

words = st.sampled_from(
    ["a", "col", "as", "type", "sort", "filter", "qty", "True", "col2", "größe", "日本", "_x", "day"]
)
odd_texts = st.text(st.sampled_from(ODD) | st.characters(exclude_characters="\r\n"), max_size=8)
names = (
    words | odd_texts.filter(lambda name: name not in ("true", "false")) | st.sampled_from(["true", "false", "$col"])
)
texts = st.text(st.sampled_from(ODD + "\n\r\u0085\ufeff") | st.characters(), max_size=8).map(tree.Text)
integers = st.integers(-(10**30), 10**30).map(tree.Integer) | st.integers(-9, 9).map(tree.Integer)
decimals = st.from_regex(
    r"-?(?:[0-9]{1,4}\.[0-9]{1,4}|\.[0-9]{1,3}|[0-9]{1,3}(?:\.[0-9])?[eE][+-]?[0-9]{1,2})", fullmatch=True
)
raw_pieces = st.sampled_from(
    ["{digit}", "%", "\\\\", "\\n", " ", "{", "a", "'", "é", "[", "\\{", "+", "//", "\t", "--"]
)
patterns = st.lists(raw_pieces | st.just("\\`"), max_size=5).map("".join).map(tree.Pattern)
regexes = st.lists(raw_pieces | st.just("`"), max_size=5).map("".join).map(tree.Regex)
variables = (words | odd_texts).map(tree.Variable)
literals = st.one_of(texts, integers, decimals.map(tree.Decimal), st.booleans().map(tree.Boolean), patterns, regexes)
leaves = st.one_of(names.map(tree.Name), literals, variables)


def _deeper(inner: st.SearchStrategy[tree.Expression]) -> st.SearchStrategy[tree.Expression]:
    two = st.tuples(inner, inner)
    return st.one_of(
        st.builds(tree.Call, st.sampled_from(INFIX), two),
        st.builds(tree.Call, st.sampled_from(("NOT", "NEGATE")), st.tuples(inner)),
        st.builds(tree.Call, st.sampled_from(FUNCTIONS), st.lists(inner, max_size=3).map(tuple)),
        st.builds(tree.Array, st.lists(inner, max_size=3).map(tuple)),
    )


expressions = st.recursive(leaves, _deeper, max_leaves=8)


def _expressions_over(datasets: tuple[str, ...]) -> st.SearchStrategy[tree.Expression]:
    """Expressions of steps that know datasets."""
    return st.recursive(leaves | _qualified(datasets), _deeper, max_leaves=6)


def _qualified(datasets: tuple[str, ...]) -> st.SearchStrategy[tree.Qualified]:
    return st.builds(tree.Qualified, st.sampled_from(datasets), names)


dataset_names = st.one_of(
    st.sampled_from(
        ["orders", "FiscalQtr.csv - Lookup", "a.b", "a", "A", "2020-01", "x, y", "Sales (2)", "with: z", "MISSING"]
    ),
    odd_texts.filter(bool),
)
columns = st.one_of(
    names.map(tree.Name), st.builds(tree.Range, names, names), st.just(tree.Everything()), texts, variables
)  # fmt: skip
barewords = st.from_regex(r"[^\W\d]\w{0,5}", fullmatch=True).filter(lambda word: word not in ("true", "false"))
word_items = st.one_of(
    barewords.map(tree.Word),
    literals,
    variables,
    names.filter(lambda name: not PLAIN_NAME.fullmatch(name)).map(tree.Name)
)  # fmt: skip
pairs = st.builds(tree.Array, st.lists(expressions, max_size=3).map(tuple))
order_items = st.builds(tree.OrderItem, expressions, st.booleans())


def _listed(items: st.SearchStrategy[tree.Value]) -> st.SearchStrategy[tuple[tree.Value, ...]]:
    return st.lists(items, min_size=1, max_size=3).map(tuple)


def _sources(datasets: tuple[str, ...]) -> st.SearchStrategy[tree.Qualified | tree.Name]:
    return _qualified(datasets) | names.map(tree.Name)


Datasets = tuple[str, ...]
VALUES: dict[Kind, Callable[[Datasets], st.SearchStrategy[tuple[tree.Value, ...]]]] = {
    Kind.COLUMNS: lambda datasets: _listed(columns),
    Kind.EXPRESSION: lambda datasets: _listed(_expressions_over(datasets) if datasets else expressions),
    Kind.EXPRESSIONS: lambda datasets: _listed(expressions),
    Kind.FLEXIBLE: lambda datasets: _listed(expressions),
    Kind.CONDITION: lambda datasets: _listed(_expressions_over(datasets)),
    Kind.WORDS: lambda datasets: _listed(word_items),
    Kind.ORDER: lambda datasets: _listed(order_items),
    Kind.PAIRS: lambda datasets: _listed(pairs),
    Kind.QUALIFIED: lambda datasets: _listed(_sources(datasets)),
    Kind.JOIN_COLUMNS: lambda datasets: _listed(st.builds(tree.OutputColumn, names, _sources(datasets))),
    Kind.MAPPING: lambda datasets: _listed(
        st.builds(tree.MappedColumn, texts.map(lambda node: node.value), _listed(_sources(datasets)))
    ),
}


@st.composite
def steps(draw: st.DrawFn) -> tree.Step:
    """A step of any transform with parameters of the declared kinds, in any order."""
    transform = TRANSFORMS[draw(st.sampled_from(sorted(TRANSFORMS)))]
    declared = [key for parameter in transform.parameters.values() for key in (parameter.key, *parameter.old)]
    knows_datasets = _kind(transform, "with") is Kind.DATASETS
    if not knows_datasets:  # behind a dataset's name an unknown word is a part of it
        declared.append("unheard")
    keys = draw(st.lists(st.sampled_from(declared), max_size=4, unique_by=str.casefold)) if declared else []
    datasets: Datasets = ()
    if knows_datasets:
        given = draw(st.lists(dataset_names, min_size=1, max_size=2, unique_by=str.casefold)) if "with" in keys else []
        datasets = (*given, *DATASETS)
    parameters = tuple(tree.Parameter(key, draw(_values(transform, key, datasets))) for key in keys)
    return tree.Step(transform.name, parameters)


def _values(transform: type[Transform], key: str, datasets: Datasets) -> st.SearchStrategy[tuple[tree.Value, ...]]:
    kind = _kind(transform, key)
    if kind is Kind.DATASETS:
        return st.just(tuple(tree.Dataset(name) for name in datasets[: len(datasets) - len(DATASETS)]))
    return VALUES[kind](datasets)


def _kind(transform: type[Transform], key: str) -> Kind:
    declared = transform.parameter(key)
    return declared.kind if declared is not None else Kind.FLEXIBLE


comments = st.text(st.sampled_from(ODD) | st.characters(exclude_characters="\r\n"), max_size=12).map(tree.Comment)
recipes = st.builds(tree.Recipe, st.lists(steps() | comments, max_size=4).map(tuple))
