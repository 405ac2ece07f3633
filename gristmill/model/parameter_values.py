"""What a parameter may be and where it may stand, checked as it is defined (api 3.5, platform 1.1 to 1.7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gristmill.model.errors import InvalidError
from gristmill.problems import ProblemError, quoted
from gristmill.storage.matching import Expression, expression, pattern, wildcard
from gristmill.types.date_ranges import amount_of, date_range
from gristmill.types.stamps import check_stamp, zone_of

Json = dict[str, Any]

ENVIRONMENT = "env."
TEXTS = ("variable", "selector")
IN_OUTPUTS = (*TEXTS, "timestamp")
IN_SOURCES = (*TEXTS, "dateRange", "pattern")
PLACES = ("path", "bucket", "sql", "tableName")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\- ]{0,254}")
# `filename` is built in too, yet flows of the product have parameters of that name in paths (language 3.6)
_BUILT_IN = frozenset({"col", "sourcerownumber", "filepath", "rownumber"})
_KINDS = (*IN_OUTPUTS, "dateRange", "pattern")
_PATTERNS = ("wildcard", "regex", "trifactaPattern", "string")


@dataclass(frozen=True, slots=True)
class Definition:
    """A parameter with a name: its default, and for a selector the values that it may have."""

    name: str
    default: str
    options: tuple[str, ...] | None = None

    @property
    def kind(self) -> str:
        """`environment`, `selector` or `variable`."""
        if self.name.startswith(ENVIRONMENT):
            return "environment"
        return "variable" if self.options is None else "selector"


def parameter_name(text: str) -> str:
    """The name without the `$` that people type. Raises InvalidError for a name that recipes could not write."""
    name = text.removeprefix("$")
    if not _NAME.fullmatch(name):
        raise InvalidError(
            f"overrideKey: {quoted(text)} is no parameter name (a letter, then letters, digits, _ . - blank)"
        )
    if name in _BUILT_IN:
        raise InvalidError(f"overrideKey: ${name} is a built-in name")
    return name


def plain_text(value: str | float | bool) -> str:
    """A parameter's value as text: `true`, `1.5`, `02` (api 4.7)."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def check_value(value: object, kinds: Sequence[str] = TEXTS, field: str = "value") -> str:
    """Which of `kinds` a parameter's value is: `{"variable": {"value": "01"}}` is a `variable`.

    Raises InvalidError for other kinds, and where the details of the kind are wrong.
    """
    if not isinstance(value, Mapping) or len(value) != 1:
        raise InvalidError(f'{field}: expected {{"variable": {{"value": "…"}}}}')
    kind = str(next(iter(value)))
    if kind not in kinds:
        known = f"a {kind} parameter cannot stand here" if kind in _KINDS else f"unknown type {quoted(kind)}"
        raise InvalidError(f"{field}: {known}, valid are {', '.join(kinds)}")
    details = value[kind]
    try:
        _CHECKS[kind](details if isinstance(details, Mapping) else {}, f"{field}.{kind}")
    except ProblemError as error:
        raise InvalidError(f"{field}.{kind}: {error}") from None
    return kind


def text_of(value: Mapping[str, Any]) -> str:
    """The text of a checked variable, or the default of a checked selector."""
    if "selector" in value:
        return plain_text(value["selector"]["default"])
    return plain_text(value["variable"]["value"])


def definition_of(name: str, value: Mapping[str, Any]) -> Definition:
    """A checked variable or selector by its name."""
    options = value.get("selector", {}).get("options")
    return Definition(name, text_of(value), None if options is None else tuple(map(plain_text, options)))


def check_run_parameters(
    parameters: object, template: str | Mapping[str, str | None] | None, kinds: Sequence[str] = IN_OUTPUTS
) -> list[Json]:
    """The `runParameters` of a dataset or an output, checked against the text that they are put into.

    `template` is that text, or several by the `type` of the parameter: `path`, `bucket`, `sql`. Raises InvalidError for
    kinds that cannot stand there and for places outside of the text.
    """
    items = parameters.get("data") if isinstance(parameters, Mapping) else parameters
    if items is None:
        return []
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise InvalidError("runParameters: expected a list")
    return [_run_parameter(item, template, kinds, f"runParameters[{index}]") for index, item in enumerate(items)]


def defaults_of(run_parameters: Iterable[Json] | None) -> list[Definition]:
    """The parameters that have a value by name, of checked `runParameters`."""
    return [
        Definition(item["overrideKey"], "")
        if item["overrideKey"].startswith(ENVIRONMENT)
        else definition_of(item["overrideKey"], item["value"])
        for item in run_parameters or ()
        if _is_text(item)
    ]


def expression_of(value: Mapping[str, Any], *, nested: bool) -> Expression:
    """What a checked pattern parameter fits. Raises RecipeError for a malformed one."""
    details = value["pattern"]
    kind = next(iter(details))
    text = str((details[kind] or {}).get("value", ""))
    if kind == "wildcard":
        return wildcard(nested=nested)
    return pattern(text) if kind == "trifactaPattern" else expression(text if kind == "regex" else re.escape(text))


def _is_text(item: Json) -> bool:
    name = item["overrideKey"]
    return name is not None and (name.startswith(ENVIRONMENT) or next(iter(item["value"])) in TEXTS)


def _run_parameter(
    item: object, template: str | Mapping[str, str | None] | None, kinds: Sequence[str], field: str
) -> Json:
    if not isinstance(item, Mapping):
        raise InvalidError(f"{field}: expected an object")
    place = item.get("type") or "path"
    own = template.get(place) if isinstance(template, Mapping) else template
    if place not in PLACES or (isinstance(template, Mapping) and place not in template):
        raise InvalidError(f"{field}.type: not supported: parameter in {quoted(place)}")
    # dates and patterns choose among files, not among buckets
    allowed = TEXTS if place == "bucket" else IN_OUTPUTS if place == "sql" else kinds
    name, value = item.get("overrideKey"), item.get("value")
    if name is not None and not isinstance(name, str):
        raise InvalidError(f"{field}.overrideKey: expected a text")
    if name is None or not name.removeprefix("$").startswith(ENVIRONMENT):
        kind = check_value(value, allowed, f"{field}.value")
        if name is None and kind in TEXTS:
            raise InvalidError(f"{field}.overrideKey: expected a text")
    places = [_place(at, own or "", field) for at in item.get("insertionIndices") or ()]
    if not places:
        raise InvalidError(f"{field}.insertionIndices: at least one place is needed")
    key = None if name is None else parameter_name(name)
    return {"type": place, "overrideKey": key, "insertionIndices": places, "value": value}


def _place(place: object, template: str, field: str) -> Json:
    index = place.get("index") if isinstance(place, Mapping) else None
    order = place.get("order", 0) if isinstance(place, Mapping) else None
    if not isinstance(index, int) or not isinstance(order, int) or not 0 <= index <= len(template):
        raise InvalidError(f"{field}.insertionIndices: expected index 0 to {len(template)} and order as whole numbers")
    return {"index": index, "order": order}


# -- the kinds ---------------------------------------------------------------------------------------------------------


def _check_variable(details: Mapping[str, Any], field: str) -> None:
    if not isinstance(details.get("value"), (str, int, float)):
        raise InvalidError(f"{field}.value: expected a text")


def _check_selector(details: Mapping[str, Any], field: str) -> None:
    options = details.get("options")
    if not isinstance(options, list) or not options or not all(isinstance(item, (str, int, float)) for item in options):
        raise InvalidError(f"{field}.options: expected a list of texts")
    if details.get("default") not in options:
        raise InvalidError(f"{field}.default: expected one of the options, got {quoted(details.get('default'))}")


def _check_timestamp(details: Mapping[str, Any], field: str) -> None:
    check_stamp(stamp_format(details))
    zone_of(str(details.get("timezone") or "UTC"))
    if details.get("offset") is not None:
        amount_of(details["offset"])


def stamp_format(details: Mapping[str, Any]) -> object:
    """The format of a timestamp parameter: `format`, or the first of `formats`."""
    formats = details.get("formats")
    return details.get("format") or (formats[0] if isinstance(formats, list) and formats else None)


def _check_range(details: Mapping[str, Any], field: str) -> None:
    date_range(details, datetime.now(UTC), "UTC")


def _check_pattern(details: Mapping[str, Any], field: str) -> None:
    kind = next(iter(details), None)
    if len(details) != 1 or kind not in _PATTERNS:
        raise InvalidError(f"{field}: expected one of {', '.join(_PATTERNS)}")
    inner = details[kind]
    if kind != "wildcard" and not (isinstance(inner, Mapping) and isinstance(inner.get("value"), str)):
        raise InvalidError(f"{field}.{kind}.value: expected a text")
    expression_of({"pattern": details}, nested=False)


_CHECKS = {
    "variable": _check_variable,
    "selector": _check_selector,
    "timestamp": _check_timestamp,
    "dateRange": _check_range,
    "pattern": _check_pattern,
}
