"""`/v4/flows/package` and `/v4/flows/:id/package`: flow packages come in and go out (api 3.6)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from gristmill.api.embedding import Json
from gristmill.api.errors import invalid
from gristmill.api.inputs import Id, PathId
from gristmill.api.resources.packages import imported_view
from gristmill.api.routing import FILE, MULTIPART, Conf, CurrentUser, Db, v4_router
from gristmill.model.access import Caller, find
from gristmill.model.database import Sessions
from gristmill.model.package_exports import export_package
from gristmill.model.package_imports import import_package
from gristmill.model.tables import Flow
from gristmill.recipe.packages.flow import Package
from gristmill.recipe.packages.reading import read_package
from gristmill.settings import Settings
from gristmill.storage.packages import LARGEST_FILE, open_package, pack

PART = "data"
JSON = "application/json"
PACKAGE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": [PART],
                    "properties": {
                        PART: {"type": "string", "format": "binary"},
                        "connectionIdMapping": {"type": "string"},
                    },
                }
            },
            JSON: {"schema": {"type": "object"}},
        },
    }
}
router = v4_router("flows")
FolderId = Annotated[Id | None, Query(alias="folderId", description="the folder for the flows")]
FromUI = Annotated[bool, Query(alias="fromUI", description="answer connections without a match, and import nothing")]


@dataclass(frozen=True, slots=True)
class Sent:
    """A package as it was sent, with the connections that stand in for its own."""

    package: Package
    connections: dict[str, str]


@router.post("/package", status_code=201, openapi_extra=PACKAGE)
async def import_flow_package(
    request: Request, user: CurrentUser, db: Db, conf: Conf, folder_id: FolderId = None, from_ui: FromUI = False
) -> Json:
    """Import a flow package: a ZIP in the part `data`, or its JSON document as the body."""
    sent = await _sent(request, folder_id)
    return await run_in_threadpool(_import, db, conf, user, sent, from_ui=from_ui)


@router.post("/package/dryRun", openapi_extra=PACKAGE)
async def try_flow_package(
    request: Request, user: CurrentUser, db: Db, conf: Conf, folder_id: FolderId = None, from_ui: FromUI = False
) -> Json:
    """What an import of the package would make; nothing is stored."""
    sent = await _sent(request, folder_id)
    return await run_in_threadpool(_import, db, conf, user, sent, from_ui=from_ui, keep=False)


@router.get("/{id}/package", openapi_extra=FILE, response_class=Response)
def export_flow_package(id: PathId, user: CurrentUser, db: Db, comment: str = "") -> Response:
    """A flow as a package; flows that it refers to are in it. Secrets and credentials are not."""
    with db.read() as session:
        exported = export_package(session, user, find(session, Flow, id, user), comment)
    name = f"flow_{id}"
    document = json.dumps(exported.document, ensure_ascii=False)
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    content = pack(f"{name}.json", document, exported.artifacts)
    return Response(content, media_type="application/zip", headers=headers)


@router.get("/{id}/package/dryRun")
def try_export(id: PathId, user: CurrentUser, db: Db) -> Json:
    """Whether a flow can be exported: an empty object, or the error."""
    with db.read() as session:
        export_package(session, user, find(session, Flow, id, user))
    return {}


async def _sent(request: Request, folder_id: int | None) -> Sent:
    if folder_id is not None:
        raise invalid(f"folderId: folder {folder_id} not found")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MULTIPART:
        return await run_in_threadpool(_opened, await request.body(), None)
    async with request.form(max_files=1, max_fields=100) as form:
        part = form.get(PART)
        if not isinstance(part, UploadFile):
            raise invalid(f"expected a multipart part named '{PART}' with a file")
        if part.size is not None and part.size > LARGEST_FILE:
            raise invalid(f"the file has {part.size} bytes, at most {LARGEST_FILE} are permitted")
        return await run_in_threadpool(_opened, await part.read(), form.get("connectionIdMapping"))


def _opened(content: bytes, mapping: object) -> Sent:
    file = open_package(content)
    return Sent(read_package(file.document, file.artifacts), _connections(mapping))


def _connections(mapping: object) -> dict[str, str]:
    """`[{"connectionUuid": "…", "mappedConnectionUuid": "…"}]` as a JSON text."""
    if not isinstance(mapping, str) or not mapping.strip():
        return {}
    try:
        return {str(item["connectionUuid"]): str(item["mappedConnectionUuid"]) for item in json.loads(mapping)}
    except (ValueError, TypeError, KeyError, RecursionError):
        raise invalid("connectionIdMapping: expected a JSON list of connectionUuid and mappedConnectionUuid") from None


def _import(db: Sessions, conf: Settings, user: Caller, sent: Sent, *, from_ui: bool, keep: bool = True) -> Json:
    with db.write() as session:
        made = import_package(session, conf, user, sent.package, sent.connections)
        answer = imported_view(made, sent.package)
        if from_ui and made.unmapped:
            answer = {"packageContents": sent.package.metadata, "referencedEnvironmentParameters": []} | {
                "connectionsWithoutMapping": answer["connectionsWithoutMapping"]
            }
            keep = False
        if not keep:
            session.rollback()
        return answer
