"""The tables of what runs: job groups, their jobs, logs and results. These rows are the queue."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gristmill.model.clock import now
from gristmill.model.tables import Base, FlowNode, Identified, Json, Stamped


class Status(StrEnum):
    """States of jobs and job groups (api 4.14)."""

    CREATED = "Created"
    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    COMPLETE = "Complete"
    FAILED = "Failed"
    CANCELED = "Canceled"

    @property
    def final(self) -> bool:
        return self in FINAL


FINAL = frozenset({Status.COMPLETE, Status.FAILED, Status.CANCELED})


class JobType(StrEnum):
    """Kinds of jobs (api 4.12)."""

    INGEST = "ingest"
    FILE_CONVERTER = "fileconverter"
    WRANGLE = "wrangle"
    PROFILE = "profile"
    FILE_WRITER = "filewriter"
    PUBLISH = "publish"
    SQL_EXECUTION = "sqlexecution"


class DeliveryStatus(StrEnum):
    """States of a webhook's delivery."""

    WAITING = "Waiting"
    SENDING = "Sending"
    DELIVERED = "Delivered"
    FAILED = "Failed"


class FlowRun(Stamped, Base):
    """One run of the outputs of a flow: a job group each (api 3.6)."""

    __tablename__ = "flow_runs"

    flow_id: Mapped[int] = mapped_column(ForeignKey("flows.id"), index=True)
    request_id: Mapped[str] = mapped_column(String(36))
    schedule_execution_id: Mapped[int | None]


class Snapshot(Stamped, Base):
    """The resolved job definition that a run uses, whatever is edited later (api 4.2): `recipe.job.Job.as_json`."""

    __tablename__ = "snapshots"

    definition: Mapped[Json]


class JobGroup(Stamped, Base):
    """One run of a recipe.

    `parameters` holds the resolved ones, `[{"name", "value", "source"}]`; `overrides` is the request's object as it
    came, without secrets; `outputs` the resolved write settings, `publications` the resolved table outputs, `webhooks`
    the messages to send at the end (`secret` encrypted), `options` those of engines (`spark`, `databricks`, `dataflow`,
    `schemaDrift`); `reference_date` is in milliseconds, whole seconds;
    `forgotten_at` is when logs and profile were removed (`jobs.retentionDays`).
    """

    __tablename__ = "job_groups"

    session_id: Mapped[str] = mapped_column(String(36))
    name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), default=Status.IN_PROGRESS.value, index=True)
    ranfrom: Mapped[str] = mapped_column(String(20), default="api")
    ranfor: Mapped[str] = mapped_column(String(20), default="recipe")
    execution: Mapped[str] = mapped_column(Text, default="photon")
    profiling_enabled: Mapped[bool] = mapped_column(default=False)
    ignore_recipe_errors: Mapped[bool] = mapped_column(default=False)
    reference_date: Mapped[int]
    parameters: Mapped[Json | None]
    overrides: Mapped[Json | None]
    outputs: Mapped[Json | None]
    publications: Mapped[Json | None]
    webhooks: Mapped[Json | None]
    options: Mapped[Json | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    finished_at: Mapped[int | None]
    forgotten_at: Mapped[int | None]
    flow_node_id: Mapped[int] = mapped_column(ForeignKey("flow_nodes.id"), index=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id"))
    flow_run_id: Mapped[int | None] = mapped_column(ForeignKey("flow_runs.id"), index=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))

    flow_node: Mapped[FlowNode] = relationship()
    flow_run: Mapped[FlowRun | None] = relationship()
    snapshot: Mapped[Snapshot] = relationship()
    jobs: Mapped[list[Job]] = relationship(order_by="Job.position", back_populates="job_group")


class Job(Stamped, Base):
    """One stage of a run.

    `owner` is the worker that holds the claim of this `attempt`. `payload` is the stage, `write_setting` the resolved
    settings of a `filewriter`, `result` what the job reports when it is done. `position` counts from 0 in the group.
    """

    __tablename__ = "jobs"

    job_group_id: Mapped[int] = mapped_column(ForeignKey("job_groups.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    type: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(20), default=Status.CREATED.value)
    percent_complete: Mapped[int] = mapped_column(default=0)
    execution_language: Mapped[str | None] = mapped_column(Text)
    attempt: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(Text)
    claimed_at: Mapped[int | None]
    heartbeat_at: Mapped[int | None]
    started_at: Mapped[int | None]
    finished_at: Mapped[int | None]
    error_name: Mapped[str | None] = mapped_column(String(255))
    error_message: Mapped[str | None] = mapped_column(Text)
    payload: Mapped[Json | None]
    result: Mapped[Json | None]
    write_setting: Mapped[Json | None]
    script_result_id: Mapped[int | None] = mapped_column(ForeignKey("script_results.id"))

    job_group: Mapped[JobGroup] = relationship(back_populates="jobs")
    script_result: Mapped[ScriptResult | None] = relationship(foreign_keys="Job.script_result_id")


class JobEdge(Identified, Base):
    """`target_job` of the group waits for `source_job`, which must be complete.

    One of another group only must have ended, however: its recipe hands rows over where it can (platform 2.11).
    """

    __tablename__ = "job_edges"

    job_group_id: Mapped[int] = mapped_column(ForeignKey("job_groups.id"), index=True)
    source_job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    target_job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), index=True)


class GroupWait(Identified, Base):
    """`job_group` begins when `source_group` has ended, however that ended: it reads a file of it (platform 2.11)."""

    __tablename__ = "job_group_waits"

    job_group_id: Mapped[int] = mapped_column(ForeignKey("job_groups.id"), index=True)
    source_group_id: Mapped[int] = mapped_column(ForeignKey("job_groups.id"), index=True)


class JobLog(Identified, Base):
    """One line of a job's log; `level` is `info`, `warning` or `error`."""

    __tablename__ = "job_logs"

    job_group_id: Mapped[int] = mapped_column(ForeignKey("job_groups.id"), index=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), index=True)
    attempt: Mapped[int] = mapped_column(default=0)
    at: Mapped[int] = mapped_column(default=now)
    level: Mapped[str] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(Text)


class ScriptResult(Stamped, Base):
    """A file (or directory of part files) that a run has written (api 3.12).

    `parts` are the files of a directory in order, as URIs; None for a single file. `hash` is a single file's SHA-256.
    """

    __tablename__ = "script_results"

    job_group_id: Mapped[int] = mapped_column(ForeignKey("job_groups.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    uri: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(String(20))
    compression: Mapped[str] = mapped_column(String(20), default="none")
    is_primary_output: Mapped[bool] = mapped_column(default=True)
    row_count: Mapped[int | None]
    size: Mapped[int | None]
    hash: Mapped[str | None] = mapped_column(String(64))
    schema: Mapped[Json | None]
    parts: Mapped[Json | None]
    table_name: Mapped[str | None] = mapped_column(Text)
    session_id: Mapped[str | None] = mapped_column(String(36))


class Profile(Stamped, Base):
    """The visual profile of a run's result (api 5); `pdf` is its printed form."""

    __tablename__ = "profiles"

    job_group_id: Mapped[int] = mapped_column(ForeignKey("job_groups.id"), unique=True)
    document: Mapped[Json]
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary)


class WebhookDelivery(Stamped, Base):
    """One message about the end of a run, sent at least once (platform 5).

    `request` is `{"webhook": the resolved webhook, "facts": the values of tokens by name}`; `owner` is the worker that
    sends it now, `attempt` counts its tries, `due_at` is when it may be sent (again). `attempts` tells what came of
    each try, `[{"attempt", "at", "milliseconds", "statusCode", "answer", "error"}]`.
    """

    __tablename__ = "webhook_deliveries"

    job_group_id: Mapped[int] = mapped_column(ForeignKey("job_groups.id"), index=True)
    webhook_flow_task_id: Mapped[int | None] = mapped_column(ForeignKey("webhook_flow_tasks.id"), index=True)
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    request: Mapped[Json]
    status: Mapped[str] = mapped_column(String(20), default=DeliveryStatus.WAITING.value)
    attempt: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(Text)
    heartbeat_at: Mapped[int | None]
    due_at: Mapped[int] = mapped_column(default=now)
    finished_at: Mapped[int | None]
    attempts: Mapped[Json | None]


Index("ix_webhook_deliveries_due", WebhookDelivery.status, WebhookDelivery.due_at)
Index("ix_jobs_status_type", Job.status, Job.type)
