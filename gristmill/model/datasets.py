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
from gristmill.model.parameter_values import IN_SOURCES, check_run_parameters
from gristmill.model.readings import Found, file_key, look_at, permitted_size, remember_reading
from gristmill.model.sources import first_file
from gristmill.model.tables import Flow, FlowNode, ImportedDataset, Recipe
from gristmill.problems import quoted
from gristmill.settings import Settings

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where data lies, as a client says it: `uri`, or `path` with `type` and what that type needs."""

    uri: str | None = None
    path: str | None = None
    type: str | None = None
    bucket: str | None = None
    container: str | None = None
    host: str | None = None
    userinfo: str | None = None

    def address(self, settings: Settings) -> Address:
        """The complete address. Raises InvalidError for storage that this server cannot read."""
        if self.uri is not None:
            return address_of_uri(settings, self.uri)
        if self.path is None:
            raise InvalidError("uri: a file needs uri or path")
        on = {name: getattr(self, name) for name in ("bucket", "container", "host", "userinfo")}
        return address_of_path(settings, self.path, self.type, **on)


@dataclass(frozen=True, slots=True)
class NewDataset:
    """What a client says about a new dataset.

    `options` may hold `detectStructure`, `sanitizeColumnNames`, `ensureHeader`, `encoding` and `includeNestedFolders`;
    with `run_parameters`, `dynamic_path` and `dynamic_bucket` are path and bucket with the parameters cut out. `found`,
    `found_key` and `size` are what `looked_at` has found.
    """

    name: str
    description: str | None = None
    place: Place = Place()
    options: Json = field(default_factory=dict)
    dynamic_path: str | None = None
    dynamic_bucket: str | None = None
    run_parameters: object = None
    is_upload: bool = False
    found: Found | None = None
    found_key: str | None = None
    size: int | None = None

    def looked_at(self, settings: Settings) -> NewDataset:
        """The same with what structure detection finds; best done before a session begins, since it takes its time.

        Raises InvalidError for parameters that do not fit the path, and when no file fits them (platform 1.2).
        """
        found, key, size = _seen(settings, _draft(settings, self), self.options)
        return replace(self, found=found, found_key=key, size=size)


def create_dataset(session: Session, settings: Settings, caller: Caller, new: NewDataset) -> ImportedDataset:
    """Import a file. It need not exist yet, and whether it may be read is decided when it is.

    Raises InvalidError when neither `uri` nor `path` is given, for storage that this server cannot read and for
    parameters that do not fit the path.
    """
    dataset = _draft(settings, new)
    dataset.size = new.size
    dataset.workspace_id = caller.workspace_id
    dataset.parsing_recipe = Recipe(name=new.name, **made_by(caller))
    for column, value in made_by(caller).items():
        setattr(dataset, column, value)
    if new.found is not None:
        remember_reading(dataset, new.found_key, new.found)
    session.add(dataset)
    session.flush()
    return dataset


def change_dataset(
    session: Session, settings: Settings, caller: Caller, dataset: ImportedDataset, changes: Mapping[str, Any]
) -> ImportedDataset:
    """Change name, description, place or parameters, whatever `changes` holds by column names."""
    if changes.get("name") is not None:
        dataset.name = dataset.parsing_recipe.name = changes["name"]
    if "description" in changes:
        dataset.description = changes["description"]
    if changes.get("uri") is not None or changes.get("path") is not None or changes.get("bucket") is not None:
        _move(settings, dataset, changes)
    for column in ("dynamic_path", "dynamic_bucket"):
        if column in changes:
            setattr(dataset, column, changes[column])
    if {"run_parameters", "dynamic_path", "dynamic_bucket"} & set(changes):
        _set_parameters(dataset, changes.get("run_parameters", dataset.run_parameters))
    touch(dataset, caller)
    session.flush()
    return dataset


def copy_dataset(session: Session, caller: Caller, dataset: ImportedDataset, name: str | None) -> ImportedDataset:
    """A second dataset object over the same data."""
    title = name or f"{dataset.name} (copy)"
    kept = ("description", "uri", "path", "type", "bucket", "container", "host", "userinfo", "size", "options")
    moving = ("is_dynamic", "dynamic_path", "dynamic_bucket", "run_parameters", "is_upload", "detected_key", "detected")
    related = ("connection_id", "relation", "disable_type_inference")
    twin = ImportedDataset(
        name=title,
        parsing_recipe=Recipe(name=title, **made_by(caller)),
        workspace_id=dataset.workspace_id,
        **{column: getattr(dataset, column) for column in (*kept, *moving, *related)},
        **made_by(caller),
    )
    session.add(twin)
    session.flush()
    return twin


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a new look at a dataset's file has found."""

    options: Json
    found: Found
    key: str | None
    size: int | None


def look_again(settings: Settings, dataset: ImportedDataset, options: Json) -> Refreshed:
    """The present structure and columns of a file; `options` go before those of the import.

    Best done before a session begins. Raises InvalidError for a file that cannot be read.
    """
    merged = {**(dataset.options or {}), **options}
    found, key, size = _seen(settings, dataset, merged)
    if found is None:
        raise InvalidError(f"{quoted(dataset.uri)} cannot be read: its columns stay as they are")
    return Refreshed(merged, found, key, size)


def refresh(caller: Caller, dataset: ImportedDataset, now: Refreshed) -> None:
    """Keep what a new look has found."""
    dataset.options, dataset.size = now.options, now.size
    remember_reading(dataset, now.key, now.found)
    touch(dataset, caller)


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


def datasets_of(session: Session, nodes: Iterable[FlowNode]) -> list[ImportedDataset]:
    """The datasets that `nodes` need, each once, also those of other flows that are reached through references."""
    graph = Graph(session)
    above = (source for node in nodes for source in graph.upstream(node))
    found = {node.imported_dataset.id: node.imported_dataset for node in above if node.imported_dataset is not None}
    return list(found.values())


def inputs_of_flow(session: Session, flow: Flow) -> list[ImportedDataset]:
    """The datasets that feed a flow."""
    return datasets_of(session, Graph(session).nodes(flow.id))


def _seen(settings: Settings, dataset: ImportedDataset, options: Json) -> tuple[Found | None, str | None, int | None]:
    """What a look at the dataset's first file finds, which state of that file it was, and the size."""
    uri = first_file(settings, dataset)
    found = None if uri is None else look_at(settings, uri, options)
    key = None if uri is None or found is None else file_key(settings, uri)
    return found, key, permitted_size(settings, dataset.uri)


def _draft(settings: Settings, new: NewDataset) -> ImportedDataset:
    dataset = ImportedDataset(
        name=new.name,
        description=new.description,
        options=new.options,
        dynamic_path=new.dynamic_path,
        dynamic_bucket=new.dynamic_bucket,
        is_upload=new.is_upload,
        **_columns(new.place.address(settings)),
    )
    _set_parameters(dataset, new.run_parameters)
    return dataset


def _columns(address: Address) -> Json:
    return {name: getattr(address, name) for name in ("uri", "path", "type", "bucket", "container", "host", "userinfo")}


def _move(settings: Settings, dataset: ImportedDataset, changes: Mapping[str, Any]) -> None:
    """A new place; what a change of the path does not say stays."""
    present = _columns(Address("", dataset.type, dataset.path, dataset.bucket, dataset.container, dataset.host))
    names = ("uri", "path", "type", "bucket", "container", "host", "userinfo")
    given = {name: changes[name] for name in names if changes.get(name) is not None}
    place = Place(uri=given["uri"]) if "uri" in given else Place(**{**present, "uri": None, **given})
    address = place.address(settings)
    for column, value in _columns(address).items():
        setattr(dataset, column, value)
    dataset.size = permitted_size(settings, address.uri)
    dataset.detected_key = dataset.detected = None


def _set_parameters(dataset: ImportedDataset, given: object) -> None:
    """Check and keep the parameters of path and bucket."""
    templates = {"path": dataset.dynamic_path, "bucket": dataset.dynamic_bucket}
    parameters = check_run_parameters(given, templates, IN_SOURCES)
    for place, template in templates.items():
        if template is None and any(item["type"] == place for item in parameters):
            raise InvalidError(f"dynamic{place.capitalize()}: needed beside runParameters of type {place}")
    dataset.run_parameters = parameters
    dataset.is_dynamic = bool(parameters)
