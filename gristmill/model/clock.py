"""Points in time: stored as whole milliseconds since 1970 in UTC, printed as the API wants them (api 1.5)."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1000


def now() -> int:
    """The present moment in milliseconds."""
    return time.time_ns() // 1_000_000


def whole_second(moment: int) -> int:
    """The second that `moment` lies in."""
    return moment - moment % SECOND


def iso(moment: int) -> str:
    """`2019-08-20T17:46:28.512Z`."""
    return (_EPOCH + timedelta(milliseconds=moment)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment % SECOND:03d}Z"


def iso_second(moment: int) -> str:
    """The form of job groups and jobs, always whole seconds: `2019-08-20T17:46:28.000Z` (api 4.13)."""
    return iso(whole_second(moment))


def read_iso(text: str) -> int:
    """Milliseconds of an ISO 8601 date, with or without time and offset; no offset means UTC.

    Raises ValueError for anything else and for years that the calendar does not have.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)
