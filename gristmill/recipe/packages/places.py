"""Places of parameters in the address of an output: in packages they count from the beginning of its path.

The product writes the whole URI and, for a parameter in `adl://host:443/out/.csv`, the index in `/out/.csv`. Here a
place is one in the whole text. What stands before the path (a bucket) has parameters of the type `bucket`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

Places = tuple[tuple[int, int], ...]
PATH, BUCKET = "path", "bucket"
_HEAD = re.compile(r"([A-Za-z0-9]+://)[^/]*")


def in_text(address: str, kind: str, places: Places) -> Places:
    """Places of a package as places in the address."""
    begin = _begins(address)[BUCKET if kind == BUCKET else PATH]
    return tuple((index + begin, order) for index, order in places)


def in_package(address: str, places: Iterable[tuple[int, int]]) -> dict[str, Places]:
    """Places in the address as a package has them, by the type of the parameter.

    Between a bucket and the slash of the path is the end of the bucket.
    """
    begins = _begins(address)
    found: dict[str, Places] = {}
    for index, order in places:
        kind = PATH if index > begins[PATH] or not begins[PATH] else BUCKET
        found[kind] = (*found.get(kind, ()), (index - begins[kind], order))
    return found


def _begins(address: str) -> dict[str, int]:
    head = _HEAD.match(address)
    return {PATH: 0, BUCKET: 0} if head is None else {PATH: head.end(), BUCKET: head.end(1)}
