"""Files come in: `POST /v4/flows/:id/importAndAddDatasetToFlow`, and `POST /v2/vfs` (api 3.5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from gristmill.api.embedding import Json
from gristmill.api.errors import ApiError, invalid
from gristmill.api.inputs import PathId
from gristmill.api.routing import BUILDING, ERRORS, UPLOAD, Conf, CurrentUser, Db, V4Route, v4_router
from gristmill.model.access import Caller, find
from gristmill.model.database import Sessions
from gristmill.model.graph import name_of_node
from gristmill.model.tables import Flow
from gristmill.model.uploads import Upload, add_upload, discard_upload, display_name, store_upload
from gristmill.settings import Settings
from gristmill.storage.locations import BASE

PART = "file"
router = v4_router("flows")
vfs_router = APIRouter(prefix="/v2/vfs", tags=["vfs"], route_class=V4Route, responses=ERRORS)


@router.post("/{id}/importAndAddDatasetToFlow", status_code=201, openapi_extra=UPLOAD, dependencies=[BUILDING])
async def import_and_add(id: PathId, request: Request, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Upload a file into a flow: a dataset with detected structure, and a recipe on it."""
    await run_in_threadpool(_check_flow, db, user, id)
    async with _sent(request, conf) as part:
        return await run_in_threadpool(_add, db, conf, user, id, part)


@vfs_router.post("", status_code=201, openapi_extra=UPLOAD)
async def keep_file(request: Request, user: CurrentUser, conf: Conf) -> Json:
    """Keep a file in base storage, for an imported dataset of its path; where exactly is decided here.

    Versions of the vendor's SDK before 8.5 upload this way.
    """
    async with _sent(request, conf) as part:
        upload = await run_in_threadpool(store_upload, conf, user, part.filename or "", part.file)
        path = f"{BASE}/uploads/{upload.file.relative_to(conf.uploads).as_posix()}"
        return {"type": "file", "bucket": "", "path": path, "name": display_name(part.filename or "")}


@asynccontextmanager
async def _sent(request: Request, conf: Settings) -> AsyncIterator[UploadFile]:
    """The file of a form. Raises ApiError where there is none, and where it is not wanted."""
    if not conf.upload_enabled:
        raise ApiError(403, "AccessControlException", "Access denied", "file upload is switched off")
    async with request.form(max_files=1, max_fields=100) as form:
        part = form.get(PART)
        if not isinstance(part, UploadFile):
            raise invalid(f"expected a multipart part named '{PART}' with a file")
        if part.size is not None and part.size > conf.upload_max_bytes:
            raise invalid(f"the file has {part.size} bytes, at most {conf.upload_max_bytes} are permitted")
        yield part


def _check_flow(db: Sessions, user: Caller, id: int) -> None:
    with db.read() as session:
        find(session, Flow, id, user)


def _add(db: Sessions, conf: Settings, user: Caller, id: int, part: UploadFile) -> Json:
    name = part.filename or ""
    upload = store_upload(conf, user, name, part.file)
    try:
        return _import(db, conf, user, id, name, upload)
    except BaseException:
        discard_upload(upload)
        raise


def _import(db: Sessions, conf: Settings, user: Caller, id: int, name: str, upload: Upload) -> Json:
    with db.write() as session:
        flow = find(session, Flow, id, user)
        dataset, node, recipe = add_upload(session, conf, user, flow, name, upload)
        return {
            "importedDatasetId": dataset.id,
            "importedDatasetName": dataset.name,
            "flowNodeId": node.id,
            "flowId": flow.id,
            "wrangledDatasetId": recipe.id,
            "wrangledDatasetName": name_of_node(recipe),
        }
