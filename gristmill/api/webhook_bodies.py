"""Bodies of webhooks: tasks of flows, overrides of runs, tests (api 3.14, 4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from gristmill.api.inputs import Id, Name, V4Body

Url = Annotated[str, Field(min_length=1)]


class WebhookFields(V4Body):
    """Where a message goes, what it says and when; everything may be left out in a change."""

    name: Name | None = None
    url: Url | None = None
    method: str | None = None
    trigger_event: str | None = None
    body: dict[str, Any] | list[Any] | str | None = None
    headers: dict[str, Any] | None = None
    ssl_verification: bool | None = None
    secret_key: str | None = None
    retry_on_failure: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_header(cls, data: Any) -> Any:
        """The product's page calls the headers `header` in one place."""
        if isinstance(data, Mapping) and "header" in data and "headers" not in data:
            return {**data, "headers": data["header"]}
        return data

    def fields(self) -> dict[str, Any]:
        """What the client has sent, with the names of the API."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class Webhook(WebhookFields):
    """A message about the end of a run."""

    name: Name
    url: Url
    method: str
    trigger_event: str


class WebhookTest(WebhookFields):
    """A message to try out."""

    url: Url
    method: str


class TaskFields(WebhookFields):
    """What may be changed of a flow's webhook."""

    trigger_object: str | None = None
    flow_node_ids: list[Id] | None = None


class NewTask(TaskFields):
    """A message that a flow sends when its runs end; `triggerObject` `some` counts only runs of `flowNodeIds`."""

    REFERENCES: ClassVar[Mapping[str, str]] = {"flow": "flowId"}

    flow_id: Id
    name: Name
    url: Url
    method: str
    trigger_event: str
    trigger_object: str
