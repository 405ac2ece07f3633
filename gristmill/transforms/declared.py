"""Transforms that are declared, so that recipes with them parse and are kept, but not built yet.

Running one answers `not supported`. Whoever builds one moves it to the module where its kin lives.
"""

from __future__ import annotations

from gristmill.transforms import parameters as p
from gristmill.transforms.base import Transform


class Bin(Transform, name="bin", title="Bin column", group="formula", built=False):
    """Put numbers into numbered bins, in a new column."""

    options = p.word("bins of equal width, or with given boundaries", ("equalBins", "customBins"), required=True)
    col = p.column("numbers")
    bins = p.integer("how many bins", low=1)
    bin_values = p.expressions("boundaries, ascending", required=False, key="binValues")
    default = p.expression("value of cells in no bin", required=False)
    as_ = p.text("name of the new column", key="as")


class Case(Transform, name="case", title="Conditional column", group="formula", built=False):
    """Add a column whose value a condition decides: if/then/else, by the values of a column, or by conditions."""

    condition = p.word("kind of condition", ("ifThenElse", "columnConditions", "customConditions"))
    if_ = p.expression("the test", required=False, key="if")
    then = p.expression("the value where it is true", required=False)
    else_ = p.expression("the value where it is not", required=False, key="else")
    col = p.column("column whose values decide", required=False)
    col_cases = p.pairs("value and result", required=False, key="colCases")
    cases = p.pairs("condition and result", required=False)
    default = p.expression("result when nothing matches", required=False)
    as_ = p.text("name of the new column", key="as")


class Columnbyexample(Transform, name="columnbyexample", title="Column by example", group="formula", built=False):
    """Add a column by a program learned from examples."""

    columns = p.columns("columns that the program reads")
    mapping_id = p.integer("number of the examples in the product", key="exampleMappingId")
    value = p.expression("the learned program")
    as_ = p.text("name of the new column", key="as")


class Convertpattern(Transform, name="convertpattern", title="Convert patterns", group="text", built=False):
    """Rewrite whole cells by the first pattern that fits."""

    col = p.column("column to change")
    cases = p.pairs("pattern and new text")
    before = p.pattern("what follows the cell's part", required=False)
    after = p.pattern("what precedes the cell's part", required=False)
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")


class Dateformat(Transform, name="dateformat", title="Format dates", group="text", built=False):
    """Write dates in another format, in place."""

    col = p.columns("columns to change")
    type = p.word(
        "the format's name, or custom",
        ("custom", "mmddcommondate", "ddmmcommondate", "isodate", "isodatetime", "yearmonth", "month", "shortmonth",
         "year", "dayofweek", "time24", "time12"),
        required=True,
    )  # fmt: skip
    format = p.text("custom: the format")


class Flatten(Transform, name="flatten", title="Expand Array into rows", group="nested", built=False):
    """Make one row per element of an Array."""

    col = p.column("the Array")


class Load(Transform, name="load", title="Load", group="other", built=False):
    """Hidden in packages: where the rows come from."""

    location = p.text("where")


class Macro(Transform, name="macro", title="Macro", group="other", built=False):
    """A saved list of steps."""

    macro_name = p.text("name of the macro", key="name")


class Nest(Transform, name="nest", title="Nest columns into Objects or Arrays", group="nested", built=False):
    """Put columns into one Object or Array, in a new column."""

    col = p.columns("columns to put in")
    into = p.word("what to make", ("array", "map"), required=True, synonyms={"object": "map", "obj": "map"})
    as_ = p.text("name of the new column", key="as")


class Numformat(
    Transform, name="numformat", title="Format numbers", group="text", aliases=("numberformat",), built=False
):
    """Write numbers in a format, in place."""

    col = p.columns("columns to change")
    type = p.word("custom", ("custom",), default="custom")
    format = p.text("the format")


class Onehotencode(Transform, name="onehotencode", title="One hot encode", group="reshape", built=False):
    """Add a column of 1 and 0 for each value of a column."""

    col = p.column("the column")
    limit = p.integer("how many values at most", default=50, low=1)


class Pivot(Transform, name="pivot", title="Pivot table", group="reshape", built=False):
    """Aggregate by rows and columns: each value of a column becomes a column."""

    col = p.columns("columns whose values become columns", required=False)
    value = p.expressions("aggregates", required=False)
    group = p.group()
    limit = p.integer("how many new columns at most", default=50, low=1)


class Replacebetweendelimiters(
    Transform, name="replacebetweendelimiters", title="Replace text between two patterns", group="text", built=False
):
    """Replace the text between two patterns, in place."""

    col = p.columns("columns to change")
    start = p.pattern("what begins it", old=("after", "from"))
    end = p.pattern("what ends it", old=("before", "to"))
    with_ = p.text("what to put in its place", key="with", default="")
    include_start = p.boolean("the beginning goes too", key="includeStart")
    include_end = p.boolean("the end goes too", key="includeEnd")
    global_ = p.boolean("every pair, not just the first", key="global")
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")


class Replacemismatched(
    Transform, name="replacemismatched", title="Replace mismatched values", group="missing", built=False
):
    """Replace cells that do not fit their column's type."""

    col = p.columns("columns to change")
    with_ = p.word(
        "what to fill with",
        ("custom", "null", "average", "median", "mode", "min", "max", "sum", "lastValid", "nextValid"),
        required=True,
        key="with",
    )
    text = p.expression("custom: the value", required=False)
    type = p.text("another type to test")
    group = p.group()
    order = p.order()


class Scaleminmax(Transform, name="scaleminmax", title="Scale to min max", group="formula", built=False):
    """Scale numbers into a range."""

    col = p.column("numbers")
    min = p.number("lower end", default=0.0)
    max = p.number("upper end", default=1.0)
    as_ = p.text("name of a new column", key="as")


class Scalestandardize(Transform, name="scalestandardize", title="Scale to mean", group="formula", built=False):
    """Scale numbers to mean 0 and variance 1."""

    col = p.column("numbers")
    remove_mean = p.boolean("subtract the mean", default=True, key="removeMean")
    unit_variance = p.boolean("divide by the standard deviation", default=True, key="unitVariance")
    as_ = p.text("name of a new column", key="as")


class Scale(Transform, name="scale", title="Scale column", group="formula", built=False):
    """Scale numbers, to a range or to mean 0 and variance 1."""

    col = p.column("numbers")
    type = p.word("how", ("minMax", "standardize"), required=True)
    min = p.number("lower end", default=0.0)
    max = p.number("upper end", default=1.0)
    remove_mean = p.boolean("subtract the mean", default=True, key="removeMean")
    unit_variance = p.boolean("divide by the standard deviation", default=True, key="unitVariance")
    as_ = p.text("name of a new column", key="as")


class Select(Transform, name="select", title="Select columns", group="columns", built=False):
    """Make exactly these columns."""

    values = p.pairs("formula and name")


class Splitrows(Transform, name="splitrows", title="Break into rows", group="reshape", built=False):
    """Make one row per piece of a text."""

    col = p.column("the text")
    on = p.text("what separates the pieces", required=True)
    quote = p.text("character between whose pairs nothing splits")
    quote_escape = p.text("character that escapes a quote", key="quoteEscapeChar")


class Standardize(Transform, name="standardize", title="Standardize", group="text", built=False):
    """Replace cells by a list of old and new texts."""

    col = p.column("column to change")
    mapping = p.pairs("old and new text", required=False)


class Udf(Transform, name="udf", title="User-defined function", group="other", built=False):
    """Call a function of the server's owner."""

    function = p.text("name of the function", key="name")
    col = p.columns("arguments", required=False)
    args = p.text("more arguments")
    as_ = p.text("name of the new column", key="as")


class Unnest(Transform, name="unnest", title="Unnest Objects into columns", group="nested", built=False):
    """Copy values out of Objects or Arrays into columns."""

    col = p.column("the Object or Array")
    keys = p.flexible("paths of the values")
    pluck = p.boolean("take them away from the source")
    mark_lineage = p.boolean("put the source's name in front of the new ones", key="markLineage")


class Unpivot(Transform, name="unpivot", title="Unpivot columns", group="reshape", built=False):
    """Make one row per column: its name and its cell."""

    col = p.columns("columns that become rows")
    group_every = p.integer("how many columns per row", default=1, low=1, key="groupEvery")


class Valuestocols(Transform, name="valuestocols", title="Convert values to columns", group="reshape", built=False):
    """Add a column for each value of a column."""

    col = p.columns("columns whose values become columns")
    value = p.expression("what stands where the row has the value", required=False)
    default = p.expression("what stands elsewhere", required=False)
    limit = p.integer("how many new columns at most", default=50, low=1)


class Window(Transform, name="window", title="Window", group="formula", built=False):
    """Add columns by window functions."""

    value = p.expressions("window or aggregate functions")
    group = p.group()
    order = p.order()
