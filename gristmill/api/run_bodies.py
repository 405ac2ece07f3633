"""The body of a run: `POST /v4/jobGroups` (api 4.1, 4.3, 4.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from gristmill.api.bodies import (
    KeyValue,
    KeyValueList,
    KeyValueObject,
    SchemaDriftOptions,
    WriteSettingFields,
    option_pairs,
    refuse_connection,
)
from gristmill.api.inputs import Id, Moment, Name, V4Body
from gristmill.api.table_bodies import PublicationFields
from gristmill.api.webhook_bodies import Webhook
from gristmill.model.parameter_values import plain_text
from gristmill.model.runs import RunOrder
from gristmill.model.webhooks import without_secrets


class KeyValues(V4Body):
    """`{"data": [{"key", "value"}]}`."""

    data: list[KeyValue] = Field(default_factory=list)


class RunParameters(V4Body):
    """Values of parameters by name, and the date that counts as now."""

    overrides: KeyValues | None = None
    reference_date: Moment | None = None

    def values(self) -> dict[str, str]:
        """The values as text."""
        return {item.key: plain_text(item.value) for item in (self.overrides or KeyValues()).data}


class Overrides(V4Body):
    """What holds for one run only."""

    execution: Name | None = None
    profiler: bool | None = None
    writesettings: list[WriteSettingFields] | None = None
    run_parameters: RunParameters | None = None
    ignore_recipe_errors: bool | None = None
    datasources: dict[str, list[str] | str] | None = None
    publications: list[PublicationFields] | None = None
    webhooks: list[Webhook] | None = None
    spark_options: KeyValueList | None = None
    databricks_options: KeyValueObject | None = None
    dataflow_options: dict[str, Any] | None = None
    schema_drift_options: SchemaDriftOptions | None = None

    def write_settings(self) -> list[dict[str, Any]] | None:
        """The write settings with wire names, without what the client has left out."""
        if self.writesettings is None:
            return None
        for row in self.writesettings:
            refuse_connection(row)
        return [row.model_dump(by_alias=True, exclude_none=True) for row in self.writesettings]

    def tables(self) -> list[dict[str, Any]] | None:
        """The table outputs with wire names; None: those of the output object."""
        return None if self.publications is None else [row.wire() for row in self.publications]

    def own_webhooks(self) -> list[dict[str, Any]] | None:
        """The webhooks with wire names; None: those of the flow."""
        return None if self.webhooks is None else [row.fields() for row in self.webhooks]

    def kept(self) -> dict[str, Any]:
        """Everything with wire names, to be kept with the run, without secrets."""
        given = self.model_dump(by_alias=True, exclude_none=True)
        if self.webhooks is not None:
            given["webhooks"] = [without_secrets(webhook) for webhook in given["webhooks"]]
        for name, options in (("sparkOptions", self.spark_options), ("databricksOptions", self.databricks_options)):
            if options is not None:
                given[name] = option_pairs(options)
        return given

    def files(self) -> dict[str, list[str]] | None:
        """Files by the name of the dataset that they stand in for."""
        if self.datasources is None:
            return None
        return {name: [given] if isinstance(given, str) else given for name, given in self.datasources.items()}


class NewRun(V4Body):
    """Which recipe to run, and how; without `wrangledDataset` only where the path names an earlier run."""

    REFERENCES: ClassVar[Mapping[str, str]] = {"wrangledDataset": "wrangledDatasetId"}

    wrangled_dataset_id: Id | None = None
    overrides: Overrides | None = None
    run_parameters: RunParameters | None = None
    ranfrom: Literal["ui", "schedule", "api", "cli", ""] | None = None
    test_mode: bool | None = None
    force_cache_update: bool | None = None
    ignore_recipe_errors: bool | None = None
    run_parameter_reference_date: Moment | None = None

    def order(self, flow_node_id: int) -> RunOrder:
        """What is asked for, in the model's terms; parameters inside `overrides` win over those beside it."""
        overrides = self.overrides or Overrides()
        outer, inner = self.run_parameters or RunParameters(), overrides.run_parameters or RunParameters()
        dates = (inner.reference_date, outer.reference_date, self.run_parameter_reference_date)
        return RunOrder(
            flow_node_id=flow_node_id,
            execution=overrides.execution,
            profiler=overrides.profiler,
            write_settings=overrides.write_settings(),
            datasources=overrides.files(),
            parameters={**outer.values(), **inner.values()},
            reference_date=next((date for date in dates if date is not None), None),
            ranfrom=self.ranfrom or "api",
            ignore_recipe_errors=bool(self.ignore_recipe_errors or overrides.ignore_recipe_errors),
            overrides=None if self.overrides is None else overrides.kept(),
            publications=overrides.tables(),
            webhooks=overrides.own_webhooks(),
            spark_options=option_pairs(overrides.spark_options),
            databricks_options=option_pairs(overrides.databricks_options),
            dataflow_options=overrides.dataflow_options,
            schema_drift_options=None
            if overrides.schema_drift_options is None
            else overrides.schema_drift_options.kept(),
            force_cache_update=bool(self.force_cache_update),
        )


class NewFlowRun(V4Body):
    """What to run of a flow, and how; `overrides` are keyed by names of recipes and win over what is said for all."""

    run_parameters: RunParameters | None = None
    wrangled_dataset_ids: list[Id] | None = None
    overrides: dict[str, Overrides] | None = None
    execution: Name | None = None
    ignore_recipe_errors: bool | None = None
    spark_options: KeyValueList | None = None
    databricks_options: KeyValueObject | None = None
    schema_drift_options: SchemaDriftOptions | None = None
    schedule_execution_id: Id | None = None
    run_parameter_reference_date: Moment | None = None

    @property
    def is_scheduled(self) -> bool:
        """Whether the scheduled outputs run instead of the manual ones."""
        return self.schedule_execution_id is not None

    @property
    def recipe_ids(self) -> frozenset[int]:
        """The recipes to run; empty for all."""
        return frozenset(self.wrangled_dataset_ids or ())

    def named(self) -> dict[str, bool]:
        """The recipes that overrides name, each with whether it is said what to write."""
        return {name: bool(own.writesettings or own.publications) for name, own in (self.overrides or {}).items()}

    def order(self, flow_node_id: int, name: str, moment: int) -> RunOrder:
        """What is asked for one recipe; without a reference date `moment` is that of all."""
        own = (self.overrides or {}).get(name)
        overrides = own or Overrides()
        general = {field: getattr(self, field) for field in _FOR_ALL if getattr(overrides, field) is None}
        run = NewRun.model_construct(
            overrides=overrides.model_copy(update=general),
            run_parameters=self.run_parameters,
            ranfrom="schedule" if self.is_scheduled else "api",
            ignore_recipe_errors=self.ignore_recipe_errors,
            run_parameter_reference_date=self.run_parameter_reference_date,
        )
        order = run.order(flow_node_id)
        date = moment if order.reference_date is None else order.reference_date
        return replace(order, reference_date=date, is_scheduled=self.is_scheduled)


class NewDeploymentRun(NewFlowRun):
    """What to run of a deployment's primary flow, and how; `runParameters` may also stand inside `overrides`."""

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, data: Any) -> Any:
        overrides = data.get("overrides") if isinstance(data, Mapping) else None
        if not isinstance(overrides, Mapping) or "runParameters" not in overrides:
            return data
        if data.get("runParameters") is not None:
            raise ValueError("runParameters: given twice, beside and inside overrides")
        left = {name: given for name, given in overrides.items() if name != "runParameters"}
        return {**data, "overrides": left, "runParameters": overrides["runParameters"]}


_FOR_ALL = ("execution", "spark_options", "databricks_options", "schema_drift_options")
