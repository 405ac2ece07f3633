"""What was not regular in a file, counted; nothing of it is lost (transforms 8.2)."""

from __future__ import annotations

from dataclasses import dataclass


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
        facts = {
            "rows with absent fields": self.short_rows,
            "rows with surplus fields, kept in the last column": self.long_rows,
            "rows with broken quotes": self.broken_quotes,
            "empty lines left out": self.blank_lines,
            "bytes that are no text, now U+FFFD": self.bad_bytes,
        }
        told = [f"{count} {what}" for what, count in facts.items() if count]
        return ", ".join(told) if told else None
