"""Path matching: fixed segments in any case, a slash at the end or none (api 1.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Place:
    """A segment of known paths: what may follow it, and whether a path may end here."""

    fixed: dict[str, tuple[str, _Place]] = field(default_factory=dict)
    any: _Place | None = None
    is_end: bool = False


class PathIndex:
    """The spelling of every known path; built from templates such as `/v4/jobGroups/{id}/status`."""

    def __init__(self, templates: Iterable[str]) -> None:
        self._root = _Place()
        for template in templates:
            self._add(template.strip("/").split("/"))

    def canonical(self, path: str) -> str:
        """`/V4/jobgroups/5/STATUS/` → `/v4/jobGroups/5/status`; an unknown path as it is.

        Only fixed segments change: ids and names in the path stay as they were written.
        """
        segments = path.strip("/").split("/")
        found = _walk(self._root, segments)
        return path if found is None else "/" + "/".join(found)

    def _add(self, segments: list[str]) -> None:
        place = self._root
        for segment in segments:
            if segment.startswith("{"):
                place.any = place.any or _Place()
                place = place.any
            else:
                _, place = place.fixed.setdefault(segment.casefold(), (segment, _Place()))
        place.is_end = True


def _walk(place: _Place, segments: list[str]) -> list[str] | None:
    if not segments:
        return [] if place.is_end else None
    first, rest = segments[0], segments[1:]
    named = place.fixed.get(first.casefold())
    if named is not None:
        below = _walk(named[1], rest)
        if below is not None:
            return [named[0], *below]
    if place.any is None or not first:
        return None
    below = _walk(place.any, rest)
    return None if below is None else [first, *below]
