"""`/v4/flows/package` and `/v4/flows/:id/package`: flow packages come in and go out (api 3.6)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from gristmill.api.embedding import Json
from gristmill.api.inputs import Id, PathId
from gristmill.api.package_bodies import SentPackage, package_answer, package_body, sent_package
from gristmill.api.resources.packages import imported_view
from gristmill.api.routing import FILE, Conf, CurrentUser, Db, v4_router
from gristmill.model.access import Caller, find, refer
from gristmill.model.database import Sessions
from gristmill.model.folders import fill_folder
from gristmill.model.package_exports import export_package
from gristmill.model.package_imports import import_package
from gristmill.model.tables import Flow, Folder
from gristmill.settings import Settings

router = v4_router("flows")
FolderId = Annotated[Id | None, Query(alias="folderId", description="the folder for the flows")]
FromUI = Annotated[bool, Query(alias="fromUI", description="answer connections without a match, and import nothing")]


@router.post("/package", status_code=201, openapi_extra=package_body())
async def import_flow_package(
    request: Request, user: CurrentUser, db: Db, conf: Conf, folder_id: FolderId = None, from_ui: FromUI = False
) -> Json:
    """Import a flow package: a ZIP in the part `data`, or its JSON document as the body."""
    sent = await sent_package(request)
    return await run_in_threadpool(_import, db, conf, user, sent, folder_id, from_ui=from_ui)


@router.post("/package/dryRun", openapi_extra=package_body())
async def try_flow_package(
    request: Request, user: CurrentUser, db: Db, conf: Conf, folder_id: FolderId = None, from_ui: FromUI = False
) -> Json:
    """What an import of the package would make; nothing is stored."""
    sent = await sent_package(request)
    return await run_in_threadpool(_import, db, conf, user, sent, folder_id, from_ui=from_ui, keep=False)


@router.get("/{id}/package", openapi_extra=FILE, response_class=Response)
def export_flow_package(id: PathId, user: CurrentUser, db: Db, conf: Conf, comment: str = "") -> Response:
    """A flow as a package; flows that it refers to are in it. Secrets and credentials are not."""
    with db.read() as session:
        exported = export_package(session, conf, user, [find(session, Flow, id, user)], comment)
    return package_answer(exported, f"flow_{id}")


@router.get("/{id}/package/dryRun")
def try_export(id: PathId, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Whether a flow can be exported: an empty object, or the error."""
    with db.read() as session:
        export_package(session, conf, user, [find(session, Flow, id, user)])
    return {}


def _import(
    db: Sessions,
    conf: Settings,
    user: Caller,
    sent: SentPackage,
    folder_id: int | None,
    *,
    from_ui: bool,
    keep: bool = True,
) -> Json:
    with db.write() as session:
        folder = refer(session, Folder, folder_id, user, "folderId") if folder_id else None
        made = import_package(session, conf, user, sent.package, sent.connections)
        if folder is not None:
            fill_folder(user, folder, made.flows)
        answer = imported_view(made, sent.package)
        if from_ui and made.unmapped:
            answer = {"packageContents": sent.package.metadata, "referencedEnvironmentParameters": []} | {
                "connectionsWithoutMapping": answer["connectionsWithoutMapping"]
            }
            keep = False
        if not keep:
            session.rollback()
        return answer
