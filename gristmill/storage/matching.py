"""Datasets that stand for all files whose path fits: wildcards, expressions, patterns, dates (platform 1.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gristmill.language.patterns import compile_pattern, escape
from gristmill.language.tree import Pattern, Regex
from gristmill.problems import recipe_error
from gristmill.types.date_ranges import Bounds, DateRange

Json = dict[str, Any]
ANY, ANY_NESTED = "[^/]*", ".*"


@dataclass(frozen=True, slots=True)
class Text:
    """A part of a path that stands for itself."""

    text: str


@dataclass(frozen=True, slots=True)
class Expression:
    """A part of a path that a wildcard, an expression or a pattern fits; `shown` is how people write it."""

    regex: str
    shown: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A part of a path that names a time of a range."""

    range: DateRange


Part = Text | Expression | Dated


@dataclass(frozen=True, slots=True)
class PathPattern:
    """Which files a dataset stands for.

    `folder` is the longest folder that is certain, as a URI; `regex` has to fit what follows it, whole and by case, and
    `ranges` hold the texts of its groups `p0`, `p1` …. Folders are looked into `depth` levels deep, or all with
    `nested`; without it no expression fits a slash. Names that begin with `.` or `_` never fit.
    """

    folder: str
    regex: str
    shown: str
    depth: int = 1
    nested: bool = False
    ranges: Mapping[str, DateRange] = field(default_factory=dict)

    def chosen(self, names: Iterable[str]) -> list[str]:
        """The names, relative to the folder, that fit; in the order of their bytes."""
        fits = self._matcher()
        return sorted((name for name in names if not is_hidden(name) and fits(name)), key=str.encode)

    def at_any_time(self) -> PathPattern:
        """The same without limits to the dates."""
        ranges = {name: replace(range, bounds=Bounds()) for name, range in self.ranges.items()}
        return replace(self, ranges=ranges)

    def as_json(self) -> Json:
        return {
            "folder": self.folder,
            "regex": self.regex,
            "shown": self.shown,
            "depth": self.depth,
            "nested": self.nested,
            "ranges": {name: range.as_json() for name, range in self.ranges.items()},
        }

    @classmethod
    def from_json(cls, document: Json) -> PathPattern:
        """Read `as_json`."""
        ranges = {name: DateRange.from_json(range) for name, range in document["ranges"].items()}
        return cls(**{**document, "ranges": ranges})

    def _matcher(self) -> Callable[[str], bool]:
        import re2

        compiled = re2.compile(self.regex)

        def fits(name: str) -> bool:
            match = compiled.fullmatch(name)
            if match is None:
                return False
            texts = match.groupdict()
            if not self.nested and any("/" in text for key, text in texts.items() if key not in self.ranges):
                return False
            return all(range.holds(texts[key]) for key, range in self.ranges.items())

        return fits


def path_pattern(parts: Sequence[Part], *, nested: bool = False) -> PathPattern | str:
    """The pattern of a path given in parts, the first of them with the scheme; the path itself where it is certain.

    Neighbouring texts count as one.
    """
    joined = _joined(parts)
    if len(joined) == 1 and isinstance(joined[0], Text):
        return joined[0].text
    first = joined[0].text if isinstance(joined[0], Text) else ""
    cut = first.rfind("/") + 1
    rest: list[Part] = [Text(first[cut:]), *joined[1:]]
    ranges = {f"p{place}": part.range for place, part in enumerate(rest) if isinstance(part, Dated)}
    regex = _compilable("".join(_regex(part, place) for place, part in enumerate(rest)))
    shown = first[:cut] + "".join(map(_shown, rest))
    return PathPattern(first[:cut], regex, shown, 1 + sum(map(_slashes, rest)), nested, ranges)


def wildcard(*, nested: bool) -> Expression:
    """`*`, which fits any characters but slashes; those too where folders in folders count."""
    return Expression(ANY_NESTED if nested else ANY, "*")


def expression(source: str) -> Expression:
    """A regular expression. Raises RecipeError `bad-regex` for what RE2 lacks and for what is malformed."""
    compiled = compile_pattern(Regex(source))
    if compiled.needs_backtracking:
        raise recipe_error("bad-regex", "regular expression: no look-around and no back-references in a path")
    return Expression(compiled.regex, f"/{source}/")


def pattern(source: str) -> Expression:
    """A Trifacta pattern. Raises RecipeError `bad-pattern`."""
    return Expression(compile_pattern(Pattern(source)).regex, f"`{source}`")


def _joined(parts: Sequence[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, Text) and joined and isinstance(joined[-1], Text):
            joined[-1] = Text(joined[-1].text + part.text)
        else:
            joined.append(part)
    return joined


def _regex(part: Part, place: int) -> str:
    match part:
        case Text(text):
            return escape(text)
        case Expression(regex):
            return f"(?P<p{place}>{regex})"
        case Dated(range):
            return f"(?P<p{place}>{range.regex})"


def _compilable(regex: str) -> str:
    import re2

    try:
        re2.compile(f"(?s){regex}")
    except re2.error as error:
        raise recipe_error("bad-regex", f"regular expression: {error}") from None
    return f"(?s){regex}"


def _shown(part: Part) -> str:
    match part:
        case Text(text):
            return text
        case Expression(_, shown):
            return shown
        case Dated(range):
            return f"{{{'|'.join(range.formats)}}}"


def _slashes(part: Part) -> int:
    match part:
        case Text(text):
            return text.count("/")
        case Expression():
            return 0
        case Dated(range):
            return max(format.count("/") for format in range.formats)


def is_hidden(name: str) -> bool:
    """Whether a relative path holds a name that begins with `.` or `_`: marks of writers, no data."""
    return any(part[:1] in ("_", ".") for part in name.split("/"))
