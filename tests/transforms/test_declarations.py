"""Every transform of the reference is declared with all its parameters, and all but three are built."""

from __future__ import annotations

import pytest

from gristmill.transforms.registry import TRANSFORMS

# transforms 7, entry by entry: name and parameters, old spellings included
REFERENCE = {
    "bin": "options col bins binValues default as",
    "case": "condition if then else col colCases cases default as",
    "columnbyexample": "columns exampleMappingId value as",
    "comment": "comment",
    "convertpattern": "col cases before after ignoreCase",
    "countbetweendelimiters": "col start end includeStart includeEnd ignoreCase as after before from to",
    "countpattern": "col on type start end after before from to ignoreCase as",
    "dateformat": "col type format",
    "deduplicate": "",
    "delete": "row",
    "keep": "row",
    "derive": "type value group order as row col",
    "drop": "col action",
    "extract": "col on limit after from before to at positions quote ignoreCase",
    "extractpatterns": "col type on start end limit ignoreCase quote",
    "extractbetweendelimiters": "col start end includeStart includeEnd limit ignoreCase from to",
    "extractkv": "col key valueafter delimiter as",
    "extractlist": "col on delimiter quote ignoreCase as",
    "filter": (
        "type action rowType row group order col mismatched exactly notExactly oneOf contains startsWith endsWith "
        "matches ignoreCase lessThan lessThanEqual greaterThan greaterThanEqual limit from to every offset missing"
    ),
    "flatten": "col",
    "groupby": "type group value",
    "header": "sourcerownumber sanitize",
    "join": "with col row type",
    "lookup": "with col key",
    "macro": "name",
    "udf": "name col args as",
    "merge": "col with as",
    "move": "col position after before",
    "nest": "col into as",
    "numformat": "col type format",
    "onehotencode": "col limit",
    "pivot": "col value group limit",
    "rename": (
        "type mapping col on with matchAll ignoreCase method sourcerownumbers separator filltype sanitize prefix "
        "suffix count to"
    ),
    "replace": "col on with type global ignoreCase start end after before from to at row",
    "replacepatterns": "col on with type global ignoreCase start end after before from to at row",
    "replacebetweendelimiters": "col start end with includeStart includeEnd global ignoreCase",
    "replacemissing": "col with text group order",
    "replacemismatched": "col with text type group order",
    "scaleminmax": "col min max as",
    "scalestandardize": "col removeMean unitVariance as",
    "scale": "col type min max removeMean unitVariance as",
    "select": "values",
    "set": "col value group order row",
    "settype": "col type datetimeType customType lockDataType",
    "sort": "order",
    "split": "col type on limit quote ignoreCase delimiters positions at every start end after before from to",
    "splitpatterns": "col type on limit quote ignoreCase delimiters positions at every start end after before from to",
    "splitpositions": "col positions",
    "splitrows": "col on quote quoteEscapeChar",
    "standardize": "col mapping",
    "textformat": "col type text length character side",
    "union": "with mapping",
    "unnest": "col keys pluck markLineage",
    "unpivot": "col groupEvery",
    "valuestocols": "col value default limit",
    "window": "value order group",
}
ALIASES = {"numberformat": "numformat", "aggregate": "groupby"}
NEVER_BUILT = {"load", "macro", "task", "udf"}


@pytest.mark.parametrize("name", REFERENCE)
def test_declared_with_all_parameters(name: str) -> None:
    absent = [key for key in REFERENCE[name].split() if TRANSFORMS[name].parameter(key) is None]
    assert absent == []


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_old_names(alias: str, name: str) -> None:
    assert TRANSFORMS[alias] is TRANSFORMS[name]


def test_what_the_product_lacks_says_so() -> None:
    added = set(TRANSFORMS) - set(REFERENCE) - {"load", "task"}
    assert [name for name in added if "Ours, not the product's." not in (TRANSFORMS[name].__doc__ or "")] == []


def test_all_but_the_impossible_are_built() -> None:
    assert {name for name in TRANSFORMS if not TRANSFORMS[name].built} == NEVER_BUILT


@pytest.mark.parametrize("name", list(TRANSFORMS))
def test_parameters_are_described(name: str) -> None:
    assert [key for key, parameter in TRANSFORMS[name].parameters.items() if not parameter.doc] == []
