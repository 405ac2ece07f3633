"""What counts as a blank: at the ends of a cell (types 4) and inside texts (language 5.8)."""

from __future__ import annotations

TRIMMED = " \t\r\n"
"""The characters that every type but String drops at both ends before it tests a text."""

WHITE_SPACE = (
    "\t\n\x0b\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""The characters that the class `\\s` stands for."""


def trim(text: str) -> str:
    """The text without blanks, tabs and line ends at its ends."""
    return text.strip(TRIMMED)
