"""The text that takes a match's place: pieces and groups (language 5.5)."""

from __future__ import annotations

import re

Part = str | int

_PIECES = re.compile(r"\$\$|\$([0-9]+)|\\([$\\\"])|.", re.DOTALL)


def parse_replacement(with_: str, groups: int, *, literal: bool = False) -> tuple[Part, ...]:
    """Literal pieces and numbers of groups, 0 being the match.

    A number above the pattern's groups stays as written; a literal search has no groups.
    """
    known = 0 if literal else groups
    parts: list[Part] = []
    for match in _PIECES.finditer(with_):
        number = match.group(1)
        if number is not None and len(number) <= 3 and int(number) <= known:
            parts.append(int(number))
            continue
        piece = "$" if match.group() == "$$" else match.group(2) or match.group()
        if parts and isinstance(parts[-1], str):
            parts[-1] += piece
        else:
            parts.append(piece)
    return tuple(parts)


def re2_rewrite(parts: tuple[Part, ...]) -> str:
    r"""The parts as RE2 wants them: `\1` for groups, `\\` for a backslash."""
    return "".join(f"\\{part}" if isinstance(part, int) else part.replace("\\", "\\\\") for part in parts)
