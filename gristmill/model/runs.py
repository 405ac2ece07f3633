"""What a run is made of: from the request of a client to the resolved `RunRequest` that `gristmill.jobs` queues."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from gristmill.model.access import Caller, find
from gristmill.model.checking import refuse_errors
from gristmill.model.clock import now, whole_second
from gristmill.model.definition import Chain, chain_of, job_of, values_of
from gristmill.model.drift import columns_to_compare, drift_options
from gristmill.model.engine_options import options_of_run
from gristmill.model.errors import DeletedError, InvalidError, MissingError
from gristmill.model.outputs import (
    check_path,
    check_words,
    output_object_of,
    resolve_override,
    resolve_stored,
    write_settings_of,
)
from gristmill.model.parameter_values import Definition, check_run_parameters, defaults_of
from gristmill.model.resolving import Resolved
from gristmill.model.run_tables import RunTables, relations_of
from gristmill.model.sources import is_converted, swap_troubles
from gristmill.model.sql_parameters import SqlText
from gristmill.model.tables import FlowNode, OutputObject, WriteSetting
from gristmill.model.webhooks import webhooks_of_run
from gristmill.model.workspace import switch
from gristmill.recipe.job import Job
from gristmill.settings import Settings

Json = dict[str, Any]
SEED_BITS = 31


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What a client asks for (api 4.1). None means: as the output object says; `reference_date` None: now.

    `write_settings`, `publications`, `datasources` (files by name of the dataset), `webhooks` and the options of
    engines are the overrides with wire names, `parameters` the run's values by name, `overrides` the whole object as it
    came but for secrets, to be kept with the job group. `is_scheduled` prefers the scheduled output object.
    """

    flow_node_id: int
    execution: str | None = None
    profiler: bool | None = None
    write_settings: Sequence[Json] | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    reference_date: int | None = None
    ranfrom: str = "api"
    ignore_recipe_errors: bool = False
    overrides: Json | None = None
    datasources: Mapping[str, Sequence[str]] | None = None
    publications: Sequence[Json] | None = None
    webhooks: Sequence[Json] | None = None
    spark_options: Sequence[Json] | None = None
    databricks_options: Sequence[Json] | None = None
    dataflow_options: Json | None = None
    schema_drift_options: Json | None = None
    force_cache_update: bool = False
    is_scheduled: bool = False


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One run of one recipe, resolved: nothing in it is looked up again.

    `job` is `recipe.job.Job.as_json()` without sinks, made to be stored as the snapshot. `outputs` are the resolved
    write settings in order, each `{"id": int | None, "path", "action", "format", "compression", "header",
    "asSingleFile", "delim", "hasQuotes", "includeMismatches", "prefix", "suffix"}`; `id` is None for overrides.
    `parameters` are `{"name", "type", "value", "source"}` with the source `default`, `flow`, `run` or
    `environment`. `reference_date` is in milliseconds UTC, whole seconds. `overrides` is the request's object as it
    came but for secrets.

    `relations` are the tables and queries to read, by their place among the job's sources: `{"connectionId", "path",
    "table", "columns", "filter"}` or `{"connectionId", "sql"}`; `conversions` the places of workbooks and JSON
    documents. `publications` are resolved table outputs, `{"id": int | None, "path", "tableName", "targetType",
    "action", "connectionId", "parameters"}`; `scripts` resolved SQL scripts, `{"id", "sqlScript", "type", "vendor",
    "connectionId"}`; `webhooks` the messages to send at the end, `{"taskId": int | None, "name", "url", "method",
    "triggerEvent", "body": str | None, "headers", "sslVerification", "secret" (encrypted), "retryOnFailure"}`;
    `options` those of engines, by `spark`, `databricks`, `dataflow` (lists of `model.engine_options`), `schemaDrift`
    (`model.drift`).

    `refusal` says why the run cannot be done although it was accepted; `notes` go to its log as warnings.
    """

    job: Json
    outputs: tuple[Json, ...]
    execution: str
    profiler: bool
    ranfrom: str
    ranfor: str
    creator_id: int
    workspace_id: int
    flow_node_id: int
    reference_date: int
    parameters: tuple[Json, ...] = ()
    overrides: Json | None = None
    ignore_recipe_errors: bool = False
    relations: Mapping[int, Json] = field(default_factory=dict)
    conversions: tuple[int, ...] = ()
    publications: tuple[Json, ...] = ()
    scripts: tuple[Json, ...] = ()
    webhooks: tuple[Json, ...] = ()
    options: Json = field(default_factory=dict)
    flow_run_id: int | None = None
    refusal: str | None = None
    notes: tuple[str, ...] = ()


def runnable_recipe(session: Session, caller: Caller, id: int) -> FlowNode:
    """The recipe that a run names. Raises MissingError for anything else, deleted recipes included (api 4.1)."""
    try:
        node = find(session, FlowNode, id, caller)
    except DeletedError:
        raise MissingError(f"wrangledDataset: recipe {id} not found") from None
    if not node.wrangled:
        raise MissingError(f"wrangledDataset: recipe {id} not found, node {id} is no recipe")
    return node


def prepare(session: Session, settings: Settings, caller: Caller, order: RunOrder) -> RunRequest:
    """Resolve everything that a run needs; nothing is stored yet.

    Raises MissingError for an unknown recipe, InvalidError when nothing would be written, RecipeError for errors in
    the recipe or upstream of it unless they are to be ignored.
    """
    request = resolve(session, settings, caller, order)
    refuse_recipe_errors(request)
    return request


def refuse_recipe_errors(request: RunRequest) -> None:
    """Raises RecipeError for errors in the recipe or upstream of it unless they are to be ignored."""
    if not request.ignore_recipe_errors:
        refuse_errors(Job.from_json(request.job))


def resolve(session: Session, settings: Settings, caller: Caller, order: RunOrder) -> RunRequest:
    """The same as `prepare` without looking for errors in the recipes."""
    node = runnable_recipe(session, caller, order.flow_node_id)
    output = _output_of(session, node, order)
    stored = write_settings_of(session, output) if output is not None else []
    tables = RunTables.of(session, output)
    if not tables.has_output(order.publications):
        _refuse_no_output(node, output, stored, order)
    chain = chain_of(session, node)
    reference_date = whole_second(now() if order.reference_date is None else order.reference_date)
    parameters = [*_output_parameters(stored, order), *tables.definitions(order.publications)]
    resolved = values_of(session, chain, parameters, order.parameters, reference_date)
    ignore = order.ignore_recipe_errors or (output is not None and output.ignore_recipe_errors)
    outputs = _outputs(stored, order, resolved)
    if not switch(session, settings, caller.workspace_id, "jobs.skipWriteSettingsValidation"):
        _validate(outputs)
    job = _job(settings, chain, resolved, order, ignore)
    sql = SqlText(resolved, settings.connectivity_custom_sql_raw_parameters)
    relations, scripts = relations_of(chain.datasets, sql.put_in), tables.resolved_scripts(sql.put_in)
    return RunRequest(
        job=job,
        outputs=outputs,
        execution=order.execution or (output.execution if output is not None else "photon"),
        profiler=bool(output and output.profiler) if order.profiler is None else order.profiler,
        ranfrom=order.ranfrom,
        ranfor="recipe",
        creator_id=caller.person_id,
        workspace_id=caller.workspace_id,
        flow_node_id=node.id,
        reference_date=reference_date,
        parameters=resolved.facts,
        overrides=order.overrides,
        ignore_recipe_errors=ignore,
        relations=relations,
        publications=tables.resolved_publications(order.publications, resolved.put_in),
        scripts=scripts,
        webhooks=webhooks_of_run(session, settings, caller, node, order.webhooks),
        options=_options(session, settings, caller, output, order, chain, job),
        refusal=_refusal(settings, chain, resolved, order, sql.troubles),
        notes=resolved.notes,
        conversions=tuple(place for place, dataset in enumerate(chain.datasets) if is_converted(dataset)),
    )


def _output_of(session: Session, node: FlowNode, order: RunOrder) -> OutputObject | None:
    """The output object of a kind, or the other one."""
    wanted = not order.is_scheduled
    return output_object_of(session, node, wanted) or output_object_of(session, node, not wanted)


def _options(
    session: Session,
    settings: Settings,
    caller: Caller,
    output: OutputObject | None,
    order: RunOrder,
    chain: Chain,
    job: Json,
) -> Json:
    options = options_of_run(session, settings, caller, output, order)
    columns = columns_to_compare(chain.datasets, job["sources"], order.datasources or ())
    drift = drift_options(session, settings, caller, output, order.schema_drift_options) if columns else {}
    return {**options, "schemaDrift": {**drift, "columns": columns}} if drift.get("schemaValidation") else options


def _refuse_no_output(
    node: FlowNode, output: OutputObject | None, stored: Sequence[WriteSetting], order: RunOrder
) -> None:
    if order.write_settings:
        return
    if output is None:
        raise InvalidError(
            f"recipe {node.id} has no output object: create one with POST /v4/outputObjects,"
            " or say in overrides.writesettings what to write"
        )
    if order.write_settings is not None or not stored:
        raise InvalidError(
            f"output object {output.id} has nothing to write: create a write setting with POST /v4/writeSettings"
            " or a publication with POST /v4/publications, or give at least one in overrides.writesettings"
        )


def _refusal(
    settings: Settings, chain: Chain, resolved: Resolved, order: RunOrder, troubles: Sequence[str]
) -> str | None:
    """What is wrong with values that no type tells: the run is accepted, and fails (api 4.2)."""
    swaps = swap_troubles(settings, chain.datasets, order.datasources or {})
    return "; ".join([*resolved.troubles, *troubles, *swaps]) or None


def _job(settings: Settings, chain: Chain, resolved: Resolved, order: RunOrder, ignore: bool) -> Json:
    job = job_of(
        settings,
        chain,
        resolved,
        swaps=order.datasources,
        seed=secrets.randbits(SEED_BITS),
        ignore_recipe_errors=ignore,
    )
    return job.as_json()


def _output_parameters(stored: Sequence[WriteSetting], order: RunOrder) -> list[Definition]:
    if order.write_settings is None:
        return [item for row in stored for item in defaults_of(row.run_parameters)]
    own = [item for given in order.write_settings for item in _override_parameters(given)]
    return [*own, *(item for row in stored for item in defaults_of(row.run_parameters))]


def _override_parameters(given: Json) -> list[Definition]:
    template = given.get("dynamicPath") or given.get("path")
    return defaults_of(check_run_parameters(given.get("runParameters"), template))


def _outputs(stored: Sequence[WriteSetting], order: RunOrder, resolved: Resolved) -> tuple[Json, ...]:
    if order.write_settings is None:
        return tuple(resolve_stored(row, resolved) for row in stored)
    return tuple(
        resolve_override(given, stored[position] if position < len(stored) else None, position, resolved)
        for position, given in enumerate(order.write_settings)
    )


def _validate(outputs: Sequence[Json]) -> None:
    for settings in outputs:
        check_words(settings)
        check_path(settings["path"])
