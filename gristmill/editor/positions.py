"""Places in a recipe's text: offsets, lines and columns in code points, spans."""

from __future__ import annotations

from bisect import bisect_right

from gristmill.problems import Span


class Lines:
    """A text as the parser counts it: a line ends with LF or CRLF, and offsets count CRLF as one."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.lines = self.text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, line: int, column: int) -> int:
        """The offset of a place that counts from 0; of one that is not in the text, the nearest that is."""
        if line >= len(self.lines):
            return len(self.text)
        return self._starts[line] + min(column, len(self.lines[line]))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, from 0."""
        line = min(bisect_right(self._starts, offset), len(self.lines)) - 1
        return line, offset - self._starts[line]

    def stretch(self, span: Span) -> tuple[int, int]:
        """The offsets of a span."""
        start = self.offset(span.line - 1, span.column - 1)
        return start, max(start, self.offset(span.end_line - 1, span.end_column - 1))
