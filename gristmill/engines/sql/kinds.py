"""What kind of value a primitive gives: its form, or the name of an SQL type that no column of a plan has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gristmill.plan.expressions import Binary, Expr, Form
from gristmill.plan.primitives import Aggregated, Case, Cast, Native

DATE, MICROS, MONTHS, LIST, ROW, BLOB = "DATE", "MICROS", "MONTHS", "LIST", "ROW", "BLOB"
HUGE = "HUGE"  # an integer of 128 bits
Kind = Form | str

TYPES: Mapping[str, Kind] = MappingProxyType(
    {
        "BIGINT": Form.INTEGER,
        "INTEGER": Form.INTEGER,
        "DOUBLE": Form.DECIMAL,
        "VARCHAR": Form.TEXT,
        "TIMESTAMP": Form.MOMENT,
        "DATE": DATE,
    }
)

_NAMES: Mapping[Kind, str] = MappingProxyType(
    {
        Form.TEXT: "array_to_string chr concat concat_ws conv decode left lower lpad ltrim md5 printf regexp_extract "
        "regexp_replace repeat replace reverse right rpad rtrim sha256 shortest split_part strftime strip_accents "
        "struct_extract substr substring to_base64 to_json translate trim upper",
        Form.INTEGER: "date_diff day dayofweek dayofyear divide epoch_us hour isodow len length list_position minute "
        "month quarter second strlen strpos unicode year count row_number rank dense_rank",
        Form.DECIMAL: "acos acosh asin asinh atan atanh cos cosh degrees exp favg fsum ln log10 log2 pow quantile_cont "
        "radians sin sinh sqrt stddev_pop stddev_samp tan tanh var_pop var_samp corr covar_pop covar_samp",
        Form.BOOLEAN: "contains ends_with isfinite regexp_full_match regexp_matches starts_with",
        Form.MOMENT: "date_trunc",
        DATE: "last_day make_date",
        MICROS: "to_days to_hours to_minutes to_seconds to_milliseconds to_microseconds",
        MONTHS: "to_months",
        LIST: "list list_value list_append list_slice string_split string_split_regex regexp_extract_all",
        ROW: "row",
        BLOB: "encode from_base64 icu_sort_key",
    }
)  # fmt: skip
RESULTS: Mapping[str, Kind] = MappingProxyType({name: kind for kind, names in _NAMES.items() for name in names.split()})
# what these give is what they are given
_ARGUMENTS = "abs ceil coalesce floor greatest least round trunc try max min mode arg_min first_value last_value"
SAME = frozenset((*_ARGUMENTS.split(), "lag", "lead"))


def kind_of(node: Expr) -> Kind:
    """The kind of an expression of primitives; ANY where nobody can tell."""
    match node:
        case Native() if node.kind is not Form.ANY:
            return node.kind
        case Native() | Aggregated():
            return _of_call(node)
        case Cast():
            return node.target if isinstance(node.target, Form) else TYPES.get(node.target, Form.ANY)
        case Case() if node.kind is Form.ANY:
            return common((*(value for _, value in node.whens), node.otherwise))
        case Binary() if node.form is Form.ANY:
            return _of_arithmetic(node.op, kind_of(node.left), kind_of(node.right))
        case _:
            return node.form


def common(nodes: Iterable[Expr]) -> Kind:
    """The kind of values that stand for each other; nulls have any."""
    kinds = {kind for kind in map(kind_of, nodes) if kind is not Form.ANY}
    for wider, narrower in ((Form.DECIMAL, Form.INTEGER), (HUGE, Form.INTEGER), (Form.JSON, Form.TEXT)):
        if kinds == {wider, narrower}:
            return wider
    return kinds.pop() if len(kinds) == 1 else Form.ANY


def _of_call(node: Native | Aggregated) -> Kind:
    name, args = node.name, node.args
    if name in ("max", "arg_min") and len(args) == (2 if name == "max" else 3):
        return LIST
    if name in SAME:
        return common(args if name in ("coalesce", "greatest", "least") else args[:1])
    if name == "regexp_extract" and len(args) == 3 and isinstance(args[2], Native):
        return ROW
    if name == "list_extract":
        return element_kind(args[0])
    if name == "epoch_ms":
        return Form.MOMENT if kind_of(args[0]) is Form.INTEGER else Form.INTEGER
    if name == "sum":
        return HUGE if kind_of(args[0]) is Form.INTEGER else Form.DECIMAL
    return RESULTS.get(name, Form.ANY)


def element_kind(node: Expr) -> Kind:
    """The kind of the elements of a list."""
    if isinstance(node, Aggregated):
        return kind_of(node.args[0])
    if not isinstance(node, Native):
        return Form.ANY
    if node.name == "list_value":
        return common(node.args)
    if node.name in ("list_slice", "list_append"):
        return element_kind(node.args[0])
    return Form.TEXT if node.name in ("string_split", "string_split_regex", "regexp_extract_all") else Form.ANY


def _of_arithmetic(op: str, left: Kind, right: Kind) -> Kind:
    kinds = {left, right}
    if Form.MOMENT in kinds:
        return Form.MOMENT if kinds & {MICROS, MONTHS} else Form.ANY
    if DATE in kinds:
        return Form.MOMENT if kinds & {MICROS, MONTHS} else DATE if right is Form.INTEGER else Form.INTEGER
    if op == "/" or Form.DECIMAL in kinds:
        return Form.DECIMAL
    return Form.INTEGER if kinds == {Form.INTEGER} else Form.ANY
