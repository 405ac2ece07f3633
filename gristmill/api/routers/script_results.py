"""`/v4/scriptResults` (api 3.12)."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse
from sqlalchemy import select

from gristmill.api.answers import one
from gristmill.api.embedding import Json
from gristmill.api.inputs import Item, PathId
from gristmill.api.resources.jobs import SCRIPT_RESULTS
from gristmill.api.routing import FILE, Conf, CurrentUser, Db, v4_router
from gristmill.model import results
from gristmill.model.access import find
from gristmill.model.job_tables import Job, ScriptResult

router = v4_router("scriptResults")


@router.get("/{id}")
def get_script_result(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A file that a run has written."""
    with db.read() as session:
        return one(session, conf, user, SCRIPT_RESULTS, id, query)


@router.get("/{id}/download", openapi_extra=FILE, response_class=StreamingResponse)
def download_script_result(id: PathId, user: CurrentUser, db: Db, conf: Conf) -> Response:
    """The bytes of a result, exactly as they were written."""
    with db.read() as session:
        row = find(session, ScriptResult, id, user)
        writer = session.scalars(select(Job).where(Job.script_result_id == row.id)).first()
        found = results.download(conf, row, writer)
    headers = {"Content-Disposition": _attachment(found.name)}
    if found.size is not None:
        headers["Content-Length"] = str(found.size)
    return StreamingResponse(found.chunks, media_type=found.media_type, headers=headers)


def _attachment(name: str) -> str:
    plain = "".join(character if character.isascii() and character.isprintable() else "_" for character in name)
    plain = plain.replace('"', "_").replace("\\", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
