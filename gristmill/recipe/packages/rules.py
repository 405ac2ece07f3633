"""Import rules for values: buckets, paths, hosts, names of tables are replaced in a package (platform 9.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gristmill.language import tree
from gristmill.language.patterns import CompiledPattern, compile_pattern
from gristmill.language.replacement import parse_replacement
from gristmill.problems import quoted
from gristmill.recipe.packages.fields import package_error
from gristmill.recipe.packages.flow import (
    Datasource,
    Flow,
    Node,
    Output,
    Package,
    Publication,
    RunParameter,
    WriteSetting,
)
from gristmill.recipe.packages.marks import Parameters, changed

LOCATION = "fileLocation"
TYPES = ("s3Bucket", LOCATION, "host", "userinfo", "dbTableName", "dbPath")
LONGEST = 2048  # characters of an address or a name
BUCKETS = ("s3", "s3a", "s3n", "gs")
_URI = re.compile(r"(?:([A-Za-z0-9]+)://([^/]*))?(.*)", re.DOTALL)
_HOST = re.compile(r"(.*?)((?::\d+)?)", re.DOTALL)
_EMPTY_SEGMENTS = re.compile("//+")


@dataclass(frozen=True, slots=True)
class ValueRule:
    """What is replaced: `on` is a text, a `/regular expression/` or a `` `pattern` ``, `with_` may name its groups.

    A text is a whole name, or for `fileLocation` any part of a path.
    """

    type: str
    on: str
    with_: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a rule has changed: a value of an object of the package."""

    type: str
    before: Any
    after: Any
    kind: str
    id: int
    name: str


def check_rule(rule: ValueRule) -> None:
    """Raises PackageError for an unknown type and for a search text that cannot be used."""
    if rule.type not in TYPES:
        raise package_error(f"type: invalid value {quoted(rule.type)}, valid values are {', '.join(TYPES)}")
    _replacer(rule)


def apply_rules(package: Package, rules: Iterable[ValueRule]) -> tuple[Package, tuple[Change, ...]]:
    """The package after all rules, each on the result of those before it, and what they have changed.

    Texts of SQL stay as they are. Raises PackageError where a parameter would lose its place in a path.
    """
    changes: list[Change] = []
    for rule in rules:
        applied = _Rule(rule)
        package = replace(package, flows=tuple(map(applied.flow, package.flows)))
        changes += applied.changes
    return package, tuple(changes)


class _Rule:
    """One rule on its way through a package."""

    def __init__(self, rule: ValueRule) -> None:
        self.type = rule.type
        self.replaced = _replacer(rule)
        self.changes: list[Change] = []

    def flow(self, flow: Flow) -> Flow:
        names = {node.id: node.name for node in flow.nodes}
        nodes = tuple(map(self.node, flow.nodes))
        outputs = tuple(self.output(output, names.get(output.node, "")) for output in flow.outputs)
        return replace(flow, nodes=nodes, outputs=outputs)

    def node(self, node: Node) -> Node:
        if node.datasource is None:
            return node
        after = self.source(node.datasource)
        pairs = zip(_shown(node.datasource), _shown(after), strict=True)
        self._note("datasources", node.datasource.id, node.name, pairs)
        return replace(node, datasource=after)

    def source(self, source: Datasource) -> Datasource:
        document = dict(source.document)
        for key, type_ in (("bucket", "s3Bucket"), ("host", "host"), ("userinfo", "userinfo")):
            if document.get(key):
                document[key] = self._name(type_, document[key])
        in_path = tuple(one for one in source.parameters if one.kind in ("", "path"))
        in_bucket = tuple(one for one in source.parameters if one.kind == "bucket")
        template, bucket = source.template, document.get("dynamicBucket")
        if template is not None:
            template, in_path = changed(template, in_path, self._path)
        if bucket:
            document["dynamicBucket"], in_bucket = changed(bucket, in_bucket, lambda text: self._name("s3Bucket", text))
        return replace(
            source,
            path=self._path(source.path),
            uri=self._uri(source.uri),
            template=template,
            parameters=_merged(source.parameters, in_path, in_bucket),
            schema=tuple(self._name("dbPath", part) for part in source.schema),
            table=self._name("dbTableName", source.table),
            document=document,
        )

    def output(self, output: Output, name: str) -> Output:
        files = tuple(map(self.file, output.files))
        tables = tuple(map(self.table, output.tables))
        for file, new in zip(output.files, files, strict=True):
            self._note("outputobjects", output.id, name, [(file.path, new.path)])
        for table, other in zip(output.tables, tables, strict=True):
            self._note("outputobjects", output.id, name, [(table.table, other.table), (table.path, other.path)])
        return replace(output, files=files, tables=tables)

    def file(self, setting: WriteSetting) -> WriteSetting:
        path, parameters = changed(setting.path, setting.parameters, self._uri)
        return replace(setting, path=path, parameters=parameters)

    def table(self, table: Publication) -> Publication:
        name, parameters = changed(table.table, table.parameters, lambda text: self._name("dbTableName", text))
        path = tuple(self._name("dbPath", part) for part in table.path)
        return replace(table, path=path, table=name, parameters=parameters)

    # -- texts -----------------------------------------------------------------------------------

    def _name(self, type_: str, text: str) -> str:
        if not text or type_ != self.type:
            return text
        after = self.replaced(text)
        if len(after) > max(LONGEST, len(text)):
            raise package_error(f"an import rule makes {quoted(text)} longer than {LONGEST} characters")
        return after

    def _path(self, text: str) -> str:
        """A path after the rule, without the empty segments that a replacement leaves behind."""
        after = self._name(LOCATION, text)
        return text if after == text else _EMPTY_SEGMENTS.sub("/", after)

    def _uri(self, text: str) -> str:
        """A full URI, or an absolute path."""
        match = _URI.fullmatch(text)
        assert match is not None
        scheme, authority, path = match.groups()
        if scheme is None:
            return self._path(text)
        return f"{scheme}://{self._authority(scheme.lower(), authority)}{self._path(path)}"

    def _authority(self, scheme: str, authority: str) -> str:
        if scheme in BUCKETS:
            return self._name("s3Bucket", authority)
        before, at, host = authority.rpartition("@")
        return f"{self._name('userinfo', before)}{at}{self._host(host)}"

    def _host(self, text: str) -> str:
        """A rule may name the host with its port or without; then the port stays."""
        after = self._name("host", text)
        match = _HOST.fullmatch(text)
        return after if after != text or match is None else f"{self._name('host', match[1])}{match[2]}"

    def _note(self, kind: str, id: int, name: str, pairs: Iterable[tuple[Any, Any]]) -> None:
        """What people see of an object and what the rule has made of it: the first that differs."""
        found = next(((before, after) for before, after in pairs if before != after), None)
        if found is not None:
            before, after = (".".join(value) if isinstance(value, tuple) else value for value in found)
            self.changes.append(Change(self.type, before, after, kind, id, name))


def _shown(source: Datasource) -> Sequence[Any]:
    document = source.document
    names = [document.get(key) for key in ("bucket", "dynamicBucket", "host", "userinfo")]
    return (source.template, source.path, *names, source.uri, source.table, source.schema)


def _merged(old: Parameters, *new: Parameters) -> Parameters:
    """The parameters in their old order, those in `new` in place of their old selves."""
    left: dict[str, list[RunParameter]] = {"path": list(new[0]), "bucket": list(new[1])}
    return tuple(left[kind].pop(0) if (kind := one.kind or "path") in left else one for one in old)


# -- search texts --------------------------------------------------------------------------------


def _replacer(rule: ValueRule) -> Callable[[str], str]:
    pattern = _pattern(rule)
    if pattern is not None:
        return _pattern_replacer(pattern, rule.with_)
    if not rule.on:
        raise package_error("on: expected a text, a /regular expression/ or a `pattern`")
    if rule.type == LOCATION:
        return lambda text: text.replace(rule.on, rule.with_)
    return lambda text: rule.with_ if text == rule.on else text


def _pattern_replacer(pattern: CompiledPattern, with_: str) -> Callable[[str], str]:
    """Every match is replaced, but not the empty one that follows another: `.*` fits a text once."""
    import re2

    parts = parse_replacement(with_, pattern.groups)

    def replaced(text: str) -> str:
        end = -1

        def insert(match: Any) -> str:
            nonlocal end
            if match.start() == match.end() == end:
                return ""
            end = match.end()
            return "".join(part if isinstance(part, str) else (match.group(part) or "") for part in parts)

        return str(re2.sub(pattern.regex, insert, text))

    return replaced


def _pattern(rule: ValueRule) -> CompiledPattern | None:
    """What `on` looks for; None for a plain text. Paths have no empty segments, so `//` in one is a `/`."""
    quote, inner = rule.on[:1], rule.on[1:-1]
    if quote not in ("/", "`") or len(rule.on) < 3 or not rule.on.endswith(quote):
        return None
    if quote == "`":
        return compile_pattern(tree.Pattern(inner))
    source = _EMPTY_SEGMENTS.sub("/", inner) if rule.type == LOCATION else inner
    found = compile_pattern(tree.Regex(source))
    if found.needs_backtracking:
        raise package_error(f"on: not supported: look-around and back-references in {quoted(rule.on)}")
    return found
