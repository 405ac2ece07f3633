"""Embedding: `embed=flowNodes.recipe,outputObjects(limit=1,sort=-id)` (api 1.7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from gristmill.api.errors import invalid
from gristmill.model.listing import Columns
from gristmill.model.tables import Stamped
from gristmill.problems import quoted
from gristmill.settings import Settings

Json = dict[str, Any]
Rows = Sequence[Any]
MAX_DEPTH = 4
_SEGMENT = re.compile(r"\s*([A-Za-z*]+)\s*(?:\(([^()]*)\))?\s*")
_OPTIONS = ("limit", "fields", "sort")


@dataclass(frozen=True, slots=True)
class View:
    """What views need beside the row."""

    session: Session
    settings: Settings


@dataclass(frozen=True, slots=True)
class Association:
    """What belongs to an object under `name`.

    `target` is the name of the resource that it shows. `load` gives, for each owner's id, the rows that belong to it;
    `many` tells a list from a single object.
    """

    name: str
    target: str
    load: Callable[[Session, Rows], Mapping[int, Rows]]
    many: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of object: how it is shown, what belongs to it, by which fields lists are sorted and filtered.

    `passes` are words, in lower case, that may stand in an embed path and embed nothing: the view shows it anyway.
    """

    name: str
    table: type[Stamped]
    view: Callable[[Any, View], Json]
    associations: tuple[Association, ...] = ()
    columns: Columns = field(default_factory=dict)
    sort: tuple[str, ...] = ("-updatedAt", "-id")
    passes: frozenset[str] = frozenset()


_KNOWN: dict[str, Resource] = {}


def declare(resource: Resource) -> Resource:
    """Make a resource known by its name, so that associations of others can show it."""
    if resource.name in _KNOWN:
        raise ValueError(f"resource {resource.name!r} is declared twice")
    _KNOWN[resource.name] = resource
    return resource


def declared() -> Mapping[str, Resource]:
    """All resources by name."""
    return _KNOWN


@dataclass(slots=True)
class Branch:
    """One association to embed, with its options and what is embedded in it."""

    association: Association
    limit: int | None = None
    fields: tuple[str, ...] = ()
    sort: str = ""
    tree: Tree = field(default_factory=dict)


Tree = dict[str, Branch]


def read_embed(resource: Resource, text: str) -> Tree:
    """The associations that `text` names. Raises ApiError 400 that lists the valid ones for any other."""
    tree: Tree = {}
    for term in _split(text, ","):
        if term.strip():
            _add(resource, tree, _split(term, "."))
    return tree


def render(view: View, resource: Resource, rows: Rows, tree: Tree) -> list[Json]:
    """The rows as the client sees them, with everything embedded that `tree` asks for."""
    items = [resource.view(row, view) for row in rows]
    for branch in tree.values():
        _embed(view, rows, items, branch)
    return items


def pick(item: Json, fields: Sequence[str], tree: Tree) -> Json:
    """Only `fields`, `id` and what is embedded; everything where no field is named (api 1.6)."""
    if not fields:
        return item
    kept = {"id", *fields, *(branch.association.name for branch in tree.values())}
    return {key: value for key, value in item.items() if key in kept}


def _embed(view: View, rows: Rows, items: list[Json], branch: Branch) -> None:
    association = branch.association
    loaded = association.load(view.session, rows)
    targets = [target for row in rows for target in loaded.get(row.id, ())]
    rendered = iter(render(view, _KNOWN[association.target], targets, branch.tree))
    for row, item in zip(rows, items, strict=True):
        own = [next(rendered) for _ in loaded.get(row.id, ())]
        if association.many:
            item[association.name] = {"data": _cut(own, branch)}
        else:
            item[association.name] = pick(own[0], branch.fields, branch.tree) if own else None


def _cut(items: list[Json], branch: Branch) -> list[Json]:
    if branch.sort:
        key = branch.sort.removeprefix("-")
        items = sorted(items, key=lambda item: _sort_key(item.get(key)), reverse=branch.sort.startswith("-"))
    items = items if branch.limit is None else items[: branch.limit]
    return [pick(item, branch.fields, branch.tree) for item in items]


def _sort_key(value: object) -> tuple[int, float, str]:
    is_number = isinstance(value, (int, float))
    return (
        value is not None,
        float(value) if isinstance(value, (int, float)) else 0.0,
        "" if is_number else str(value),
    )


def _add(resource: Resource, tree: Tree, segments: Sequence[str]) -> None:
    if len(segments) > MAX_DEPTH:
        raise invalid(f"embed: at most {MAX_DEPTH} associations may follow each other")
    for segment in segments:
        name, options = _read_segment(segment)
        if name.casefold() in resource.passes:
            continue
        branch = tree.setdefault(name.casefold(), Branch(_association(resource, name)))
        _apply(branch, options)
        resource, tree = _KNOWN[branch.association.target], branch.tree


def _association(resource: Resource, name: str) -> Association:
    for association in resource.associations:
        if association.name.casefold() == name.casefold():
            return association
    valid = ", ".join(association.name for association in resource.associations) or "none"
    raise invalid(f"No association {name} in {resource.name}! Valid associations are {valid}")


def _read_segment(segment: str) -> tuple[str, str]:
    found = _SEGMENT.fullmatch(segment)
    if found is None:
        raise invalid(f"embed: cannot read {quoted(segment)}, write a,b.c,d(limit=1,fields=id;name,sort=-id)")
    return found[1], found[2] or ""


def _apply(branch: Branch, options: str) -> None:
    for option in options.split(","):
        key, _, value = (part.strip() for part in option.partition("="))
        match key.lower():
            case "":
                continue
            case "limit" if value.isascii() and value.isdigit() and len(value) < 10:
                branch.limit = int(value)
            case "fields":
                branch.fields = tuple(part.strip() for part in value.split(";") if part.strip())
            case "sort":
                branch.sort = value
            case _:
                raise invalid(f"embed: cannot read option {quoted(option)}, valid options are {', '.join(_OPTIONS)}")


def _split(text: str, separator: str) -> list[str]:
    """The parts of `text`; separators inside parentheses do not count."""
    parts, depth, part = [], 0, ""
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == separator and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += character
    return [*parts, part]
