"""Uploaded files: kept under names of our own, turned into a dataset and a recipe (api 3.5)."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from sqlalchemy.orm import Session

from gristmill.model.access import Caller
from gristmill.model.datasets import NewDataset, Place, create_dataset, discard_file
from gristmill.model.flows import free_name
from gristmill.model.graph import Graph, ensure_input_node, name_of_node
from gristmill.model.readings import Found, file_key, look_at
from gristmill.model.recipes import create_recipe
from gristmill.model.tables import Flow, FlowNode, ImportedDataset
from gristmill.settings import Settings

EXTENSIONS = frozenset({".csv", ".tsv", ".txt", ".json", ".jsonl", ".avro", ".parquet", ".pqt", ".xlsx", ".xls"})
PACKED = frozenset({".gz", ".bz2", ".snappy", ".zip"})
UNNAMED = "upload"
OPTIONS = {"detectStructure": True, "ensureHeader": True}
_NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A kept file, and what structure detection has found in it; None where it found nothing to read."""

    file: Path
    found: Found | None

    @property
    def uri(self) -> str:
        """Its address."""
        return f"file://{self.file}"


def store_upload(settings: Settings, caller: Caller, client_name: str, content: IO[bytes]) -> Upload:
    """Keep the bytes of an upload in the person's folder and look at them.

    Of the client's name only a known extension is used; the rest of the path is made here.
    """
    folder = settings.uploads / str(caller.person_id) / uuid.uuid4().hex
    folder.mkdir(parents=True)
    file = folder / f"data{_extension(client_name)}"
    try:
        with file.open("xb") as target:
            shutil.copyfileobj(content, target, 1 << 20)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Upload(file, look_at(settings, f"file://{file}", dict(OPTIONS)))


def discard_upload(upload: Upload) -> None:
    """Remove an upload whose dataset could not be made."""
    discard_file(upload.file)


def add_upload(
    session: Session, settings: Settings, caller: Caller, flow: Flow, client_name: str, upload: Upload
) -> tuple[ImportedDataset, FlowNode, FlowNode]:
    """Make a dataset of an uploaded file, its node in the flow, and a recipe on it; a taken name gets a number."""
    name = free_name(display_name(client_name), _names(Graph(session).nodes(flow.id)))
    new = NewDataset(
        name=name,
        place=Place(uri=upload.uri),
        options=dict(OPTIONS),
        is_upload=True,
        found=upload.found,
        found_key=file_key(settings, upload.uri),
        size=upload.file.stat().st_size,
    )
    dataset = create_dataset(session, settings, caller, new)
    node = ensure_input_node(session, caller, flow.id, dataset)
    return dataset, node, create_recipe(session, caller, flow, name, dataset)


def display_name(client_name: str) -> str:
    """What people call the dataset: the client's file name without folders and known extension."""
    last = re.split(r"[/\\]", client_name)[-1]
    clean = "".join(character for character in last if character.isprintable()).strip()[:_NAME_LENGTH]
    return clean.removesuffix(_extension(clean)).strip() or UNNAMED


def _extension(name: str) -> str:
    suffixes = PurePosixPath(name).suffixes[-2:]
    if len(suffixes) == 2 and suffixes[1].lower() in PACKED and suffixes[0].lower() in EXTENSIONS:
        return "".join(suffixes)
    return suffixes[-1] if suffixes and suffixes[-1].lower() in EXTENSIONS | PACKED else ""


def _names(nodes: Iterable[FlowNode]) -> set[str]:
    return {name_of_node(node) for node in nodes}
