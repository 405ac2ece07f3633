"""The profile of the rows as a JSON document (platform 8)."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from gristmill.engines.duckdb.keeping import keep
from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.sinks.written import Written
from gristmill.plan.rows import Rows
from gristmill.recipe.job import Sink
from gristmill.transforms.environment import Environment
from gristmill.transforms.scope import Scope


def write_profile(session: Session, rows: Rows, env: Environment, sink: Sink) -> Written:
    """Write the document to the sink's one file."""
    from gristmill.profile.document import profile, row_count  # most runs need no profile

    found = profile(Scope(rows, env), session.ask, partial(keep, session))
    Path(sink.path).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return Written(row_count(found), {})
