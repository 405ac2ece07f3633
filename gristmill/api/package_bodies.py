"""Flow packages as they are sent and answered: a ZIP in a form, or the JSON document alone (api 3.6)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from gristmill.api.errors import invalid
from gristmill.api.inputs import check_characters
from gristmill.api.routing import MULTIPART
from gristmill.model.package_exports import Exported
from gristmill.recipe.packages.flow import Package
from gristmill.recipe.packages.reading import read_package
from gristmill.storage.packages import LARGEST_FILE, open_package, pack

PART = "data"
JSON = "application/json"


def package_body(**texts: str) -> dict[str, Any]:
    """What the API's document says of a package in a body; `texts` are further fields of the form."""
    fields = {name: {"type": "string", "description": text} for name, text in texts.items()}
    properties = {PART: {"type": "string", "format": "binary"}, "connectionIdMapping": {"type": "string"}, **fields}
    form = {"schema": {"type": "object", "required": [PART], "properties": properties}}
    return {"requestBody": {"required": True, "content": {MULTIPART: form, JSON: {"schema": {"type": "object"}}}}}


@dataclass(frozen=True, slots=True)
class SentPackage:
    """A package as it was sent, with the connections that stand in for its own, and notes for a release."""

    package: Package
    connections: dict[str, str]
    notes: str | None = None


async def sent_package(request: Request) -> SentPackage:
    """The package in a body. Raises ApiError 400 where there is none, PackageError where it cannot be understood."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MULTIPART:
        return await run_in_threadpool(_opened, await request.body(), None, None)
    async with request.form(max_files=1, max_fields=100) as form:
        # the one file of the form is the package, whatever clients call its part
        part = next((value for value in form.values() if isinstance(value, UploadFile)), None)
        if part is None:
            raise invalid(f"expected a multipart part named '{PART}' with a file")
        if part.size is not None and part.size > LARGEST_FILE:
            raise invalid(f"the file has {part.size} bytes, at most {LARGEST_FILE} are permitted")
        content = await part.read()
        return await run_in_threadpool(_opened, content, form.get("connectionIdMapping"), form.get("notes"))


def package_answer(exported: Exported, name: str) -> Response:
    """A package as a ZIP for download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    content = pack(f"{name}.json", json.dumps(exported.document, ensure_ascii=False), exported.artifacts)
    return Response(content, media_type="application/zip", headers=headers)


def _opened(content: bytes, mapping: object, notes: object) -> SentPackage:
    file = open_package(content)
    package = read_package(file.document, file.artifacts)
    return SentPackage(package, _connections(mapping), _notes(notes))


def _notes(notes: object) -> str | None:
    try:
        check_characters(notes)
    except ValueError as error:
        raise invalid(f"notes: {error}") from None
    return notes if isinstance(notes, str) and notes else None


def _connections(mapping: object) -> dict[str, str]:
    """`[{"connectionUuid": "…", "mappedConnectionUuid": "…"}]` as a JSON text."""
    if not isinstance(mapping, str) or not mapping.strip():
        return {}
    try:
        return {str(item["connectionUuid"]): str(item["mappedConnectionUuid"]) for item in json.loads(mapping)}
    except (ValueError, TypeError, KeyError, RecursionError):
        raise invalid("connectionIdMapping: expected a JSON list of connectionUuid and mappedConnectionUuid") from None
