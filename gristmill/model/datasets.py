"""Imported datasets: sources of data and where they lie (api 3.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, hide, made_by, touch
from gristmill.model.addresses import Address, address_of_path, address_of_uri, local_file
from gristmill.model.errors import InvalidError
from gristmill.model.graph import Graph
from gristmill.model.parameters import check_run_parameters, insert
from gristmill.model.readings import Found, look_at, permitted_size, remember_reading
from gristmill.model.tables import Flow, FlowNode, ImportedDataset, Recipe
from gristmill.settings import Settings

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewDataset:
    """What a client says about a new dataset: `uri`, or `path` with `type`.

    `options` may hold `detectStructure`, `sanitizeColumnNames`, `ensureHeader` and `encoding`; with `run_parameters`,
    `dynamic_path` is the path with the parameters cut out. `found` is what `looked_at` has found.
    """

    name: str
    description: str | None = None
    uri: str | None = None
    path: str | None = None
    type: str | None = None
    options: Json = field(default_factory=dict)
    dynamic_path: str | None = None
    run_parameters: object = None
    is_upload: bool = False
    found: Found | None = None

    def looked_at(self, settings: Settings) -> NewDataset:
        """The same with what structure detection finds; best done before a session begins, since it takes its time."""
        uri = _address(settings, self.uri, self.path, self.type).uri
        return replace(self, found=look_at(settings, uri, self.options))


def create_dataset(session: Session, settings: Settings, caller: Caller, new: NewDataset) -> ImportedDataset:
    """Import a file. It need not exist yet, and whether it may be read is decided when it is.

    Raises InvalidError when neither `uri` nor `path` is given, for storage that this server cannot read and for
    parameters that do not fit the path.
    """
    address = _address(settings, new.uri, new.path, new.type)
    parameters = check_run_parameters(new.run_parameters, new.dynamic_path)
    if parameters and new.dynamic_path is None:
        raise InvalidError("dynamicPath: needed beside runParameters")
    recipe = Recipe(name=new.name, **made_by(caller))
    dataset = ImportedDataset(
        name=new.name,
        description=new.description,
        uri=address.uri,
        path=address.path,
        type=address.type,
        size=permitted_size(settings, address.uri),
        options=new.options,
        is_dynamic=bool(parameters),
        dynamic_path=new.dynamic_path,
        run_parameters=parameters,
        is_upload=new.is_upload,
        workspace_id=caller.workspace_id,
        parsing_recipe=recipe,
        **made_by(caller),
    )
    if new.found is not None:
        remember_reading(dataset, address.uri, new.found)
    session.add(dataset)
    session.flush()
    return dataset


def change_dataset(
    session: Session, settings: Settings, caller: Caller, dataset: ImportedDataset, changes: Mapping[str, Any]
) -> ImportedDataset:
    """Change `name`, `description`, `path`, `uri`, `dynamic_path` or `run_parameters`, whatever `changes` holds."""
    if changes.get("name") is not None:
        dataset.name = dataset.parsing_recipe.name = changes["name"]
    if "description" in changes:
        dataset.description = changes["description"]
    if changes.get("uri") is not None or changes.get("path") is not None:
        address = _address(settings, changes.get("uri"), changes.get("path"), changes.get("type"))
        dataset.uri, dataset.path, dataset.type = address.uri, address.path, address.type
        dataset.size = permitted_size(settings, address.uri)
        dataset.detected_key = dataset.detected = None
    if "dynamic_path" in changes:
        dataset.dynamic_path = changes["dynamic_path"]
    if "run_parameters" in changes or "dynamic_path" in changes:
        given = changes.get("run_parameters", dataset.run_parameters)
        dataset.run_parameters = check_run_parameters(given, dataset.dynamic_path)
        dataset.is_dynamic = bool(dataset.run_parameters)
    touch(dataset, caller)
    session.flush()
    return dataset


def copy_dataset(session: Session, caller: Caller, dataset: ImportedDataset, name: str | None) -> ImportedDataset:
    """A second dataset object over the same data."""
    title = name or f"{dataset.name} (copy)"
    kept = ("description", "uri", "path", "type", "bucket", "container", "host", "userinfo", "size", "options")
    moving = ("is_dynamic", "dynamic_path", "run_parameters", "is_upload", "detected_key", "detected", "workspace_id")
    twin = ImportedDataset(
        name=title,
        parsing_recipe=Recipe(name=title, **made_by(caller)),
        **{column: getattr(dataset, column) for column in (*kept, *moving)},
        **made_by(caller),
    )
    session.add(twin)
    session.flush()
    return twin


def delete_dataset(session: Session, caller: Caller, dataset: ImportedDataset) -> None:
    """Delete a dataset and its nodes. An uploaded file goes with the last dataset that reads it, other files stay."""
    hide(dataset, caller)
    for node in session.scalars(select(FlowNode).where(FlowNode.imported_dataset_id == dataset.id)):
        hide(node, caller)
    session.flush()
    others = select(ImportedDataset.id).where(ImportedDataset.uri == dataset.uri, ImportedDataset.deleted_at.is_(None))
    file = local_file(dataset.uri)
    if dataset.is_upload and file is not None and session.scalars(others.limit(1)).first() is None:
        discard_file(file)


def discard_file(file: Path) -> None:
    """Remove an uploaded file with the folder that was made for it."""
    file.unlink(missing_ok=True)
    if file.parent.is_dir() and not any(file.parent.iterdir()):
        file.parent.rmdir()


def resolved_uri(settings: Settings, dataset: ImportedDataset, values: Mapping[str, str]) -> str:
    """Where the data of a run lies: the address with the run's parameters put in.

    Raises InvalidError when the result is no path of this server.
    """
    if not dataset.is_dynamic or dataset.dynamic_path is None:
        return dataset.uri
    return address_of_path(settings, insert(dataset.dynamic_path, dataset.run_parameters, values), dataset.type).uri


def datasets_of(session: Session, nodes: Iterable[FlowNode]) -> list[ImportedDataset]:
    """The datasets that `nodes` need, each once, also those of other flows that are reached through references."""
    graph = Graph(session)
    above = (source for node in nodes for source in graph.upstream(node))
    found = {node.imported_dataset.id: node.imported_dataset for node in above if node.imported_dataset is not None}
    return list(found.values())


def inputs_of_flow(session: Session, flow: Flow) -> list[ImportedDataset]:
    """The datasets that feed a flow."""
    return datasets_of(session, Graph(session).nodes(flow.id))


def _address(settings: Settings, uri: str | None, path: str | None, type: str | None) -> Address:
    if uri is not None:
        return address_of_uri(settings, uri)
    if path is not None:
        return address_of_path(settings, path, type)
    raise InvalidError("uri: a file needs uri or path")
