"""Output objects and their write settings: what a run of a recipe produces (api 3.8, 3.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, hide, made_by, touch
from gristmill.model.addresses import MAX_LENGTH
from gristmill.model.errors import ConflictError, InvalidError
from gristmill.model.parameter_values import check_run_parameters
from gristmill.model.resolving import Resolved
from gristmill.model.tables import FlowNode, OutputObject, WriteSetting
from gristmill.problems import quoted

Json = dict[str, Any]
Changes = Mapping[str, Any]

ACTIONS = ("create", "append", "overwrite")
FORMATS = ("csv", "json", "avro", "pqt", "parquet", "hyper")
COMPRESSIONS = ("none", "gzip", "bzip2", "snappy")

# wire name → default in an override (api 4.3); `path` has none
OVERRIDE_DEFAULTS: Json = {
    "format": "csv",
    "action": "create",
    "compression": "none",
    "header": False,
    "asSingleFile": False,
    "includeMismatches": False,
    "delim": ",",
    "hasQuotes": False,
    "prefix": None,
    "suffix": None,
}
_COLUMNS = {
    "format": "format",
    "action": "action",
    "compression": "compression",
    "header": "header",
    "asSingleFile": "as_single_file",
    "includeMismatches": "include_mismatches",
    "delim": "delim",
    "hasQuotes": "has_quotes",
    "prefix": "prefix",
    "suffix": "suffix",
}


def create_output_object(
    session: Session, caller: Caller, node: FlowNode, fields: Changes, write_settings: Sequence[Changes] = ()
) -> OutputObject:
    """Say where a recipe's result goes; `fields` and `write_settings` are keyed by column names.

    Raises InvalidError for a node that is no recipe, ConflictError when the recipe has an output object of this kind.
    """
    if not node.wrangled:
        raise InvalidError(f"flowNodeId: node {node.id} is no recipe")
    is_adhoc = fields.get("is_adhoc", True)
    existing = output_object_of(session, node, is_adhoc)
    if existing is not None:
        kind = "manual" if is_adhoc else "scheduled"
        raise ConflictError(f"recipe {node.id} has a {kind} output object already: {existing.id}; change or delete it")
    output = OutputObject(flow_node=node, **{"execution": "photon", **fields}, **made_by(caller))
    session.add(output)
    session.flush()
    for settings in write_settings:
        create_write_setting(session, caller, output, settings)
    return output


def change_output_object(
    session: Session, caller: Caller, output: OutputObject, fields: Changes, write_settings: Sequence[Changes] | None
) -> OutputObject:
    """Change an output object; a list of write settings replaces the old ones."""
    for column, value in fields.items():
        setattr(output, column, value)
    if write_settings is not None:
        for row in write_settings_of(session, output):
            hide(row, caller)
        for settings in write_settings:
            create_write_setting(session, caller, output, settings)
    touch(output, caller)
    session.flush()
    return output


def delete_output_object(session: Session, caller: Caller, output: OutputObject) -> None:
    """Delete an output object with its write settings; files stay."""
    for row in write_settings_of(session, output):
        hide(row, caller)
    hide(output, caller)


def output_object_of(session: Session, node: FlowNode, is_adhoc: bool) -> OutputObject | None:
    """The manual or the scheduled output object of a recipe."""
    return next((row for row in output_objects_of(session, [node]) if row.is_adhoc == is_adhoc), None)


def output_objects_of(session: Session, nodes: Sequence[FlowNode]) -> list[OutputObject]:
    """The output objects of these recipes, by id."""
    ids = [node.id for node in nodes]
    live = select(OutputObject).where(OutputObject.flow_node_id.in_(ids), OutputObject.deleted_at.is_(None))
    return list(session.scalars(live.order_by(OutputObject.id)))


def create_write_setting(session: Session, caller: Caller, output: OutputObject, fields: Changes) -> WriteSetting:
    """Add a file output. Raises InvalidError for words, paths and parameters that do not fit (api 3.9)."""
    row = WriteSetting(output_object=output, **_checked(fields, {}), **made_by(caller))
    session.add(row)
    session.flush()
    return row


def change_write_setting(session: Session, caller: Caller, row: WriteSetting, fields: Changes) -> WriteSetting:
    """Change a file output; what `fields` does not name stays."""
    present = {"path": row.path, "dynamic_path": row.dynamic_path, "run_parameters": row.run_parameters}
    for column, value in _checked(fields, present).items():
        setattr(row, column, value)
    touch(row, caller)
    session.flush()
    return row


def delete_write_setting(caller: Caller, row: WriteSetting) -> None:
    """Delete a file output; files stay."""
    hide(row, caller)


def write_settings_of(session: Session, output: OutputObject) -> list[WriteSetting]:
    """The file outputs of an output object, by id."""
    live = select(WriteSetting).where(WriteSetting.output_object_id == output.id, WriteSetting.deleted_at.is_(None))
    return list(session.scalars(live.order_by(WriteSetting.id)))


def file_facts(row: WriteSetting) -> Json:
    """How a file output is written, as clients and packages name it; not where."""
    return {
        "action": row.action,
        "format": row.format,
        "compression": row.compression,
        "header": row.header,
        "asSingleFile": row.as_single_file,
        "delim": row.delim,
        "hasQuotes": row.has_quotes,
        "includeMismatches": row.include_mismatches,
        "prefix": row.prefix,
        "suffix": row.suffix,
        "connectionId": None,
    }


def resolve_stored(row: WriteSetting, run: Resolved) -> Json:
    """A stored write setting as a run uses it, with parameters put into the path."""
    resolved = {wire: getattr(row, column) for wire, column in _COLUMNS.items()}
    path = run.put_in(row.dynamic_path or row.path, row.run_parameters) if row.run_parameters else row.path
    return _main_spelling({"id": row.id, "path": path, **resolved})


def resolve_override(given: Json, stored: WriteSetting | None, position: int, run: Resolved) -> Json:
    """A write setting of a run's overrides with its defaults (api 4.3).

    Raises InvalidError when it has no path and the output object has no write setting of the same position.
    """
    path = given.get("path")
    if path is None:
        if stored is None:
            raise InvalidError(f"overrides.writesettings[{position}].path: missing, and no stored setting has one")
        path = resolve_stored(stored, run)["path"]
    parameters = check_run_parameters(given.get("runParameters"), given.get("dynamicPath") or path)
    path = run.put_in(given.get("dynamicPath") or path, parameters) if parameters else path
    named = {key: given[key] for key in OVERRIDE_DEFAULTS if given.get(key) is not None}
    return _main_spelling({"id": None, "path": path, **OVERRIDE_DEFAULTS, **named})


def check_words(settings: Changes) -> None:
    """Raises InvalidError for an action, a format or a compression that does not exist."""
    for key, words in (("action", ACTIONS), ("format", FORMATS), ("compression", COMPRESSIONS)):
        if key in settings and settings[key] not in words:
            raise InvalidError(f"{key}: invalid value {quoted(settings[key])}, valid values are {', '.join(words)}")


def check_path(path: str) -> None:
    """Raises InvalidError for an output path that no run could use (api 3.9)."""
    is_absolute = path.startswith("/") or "://" in path
    if not is_absolute or len(path) > MAX_LENGTH or ".." in path.split("/"):
        raise InvalidError(
            f"path: expected a URI or absolute path of at most {MAX_LENGTH} characters, got {quoted(path)}"
        )


def _main_spelling(resolved: Json) -> Json:
    return {**resolved, "format": "pqt"} if resolved["format"] == "parquet" else resolved


def _checked(fields: Changes, present: Changes) -> Json:
    check_words(fields)
    both = {**present, **fields}
    if "path" in fields:
        check_path(fields["path"])
    if "run_parameters" in fields or "dynamic_path" in fields:
        template = both.get("dynamic_path") or both.get("path")
        return {**fields, "run_parameters": check_run_parameters(both.get("run_parameters"), template)}
    return dict(fields)
