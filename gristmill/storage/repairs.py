"""What was not regular in a file, counted; nothing of it is lost (transforms 8.2)."""

from __future__ import annotations

from dataclasses import dataclass

from gristmill.problems import plural


@dataclass(slots=True)
class Repairs:
    """What was not regular in a file, in records (bytes for `bad_bytes`)."""

    short_rows: int = 0
    long_rows: int = 0
    broken_quotes: int = 0
    blank_lines: int = 0
    bad_bytes: int = 0

    def sentence(self) -> str | None:
        """What was repaired, for the job's log; None where nothing was."""
        verb = "is" if self.bad_bytes == 1 else "are"
        facts = (
            (self.short_rows, "row", "with absent fields"),
            (self.long_rows, "row", "with surplus fields, kept in the last column"),
            (self.broken_quotes, "row", "with broken quotes"),
            (self.blank_lines, "empty line", "left out"),
            (
                self.bad_bytes,
                "byte",
                f"that {verb} no text, now U+FFFD",
            ),
        )
        told = [f"{plural(count, noun)} {what}" for count, noun, what in facts if count]
        return ", ".join(told) if told else None
