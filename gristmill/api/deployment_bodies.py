"""What clients send to deployments and releases (api 3.13)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from gristmill.api.inputs import Name, V4Body
from gristmill.model.addresses import MAX_LENGTH

MOST_RULES = 1000
Term = Annotated[str, Field(max_length=MAX_LENGTH)]


class NewDeployment(V4Body):
    """A new deployment."""

    name: Name


class DeploymentFields(V4Body):
    """What may be changed."""

    name: Name | None = None


class ReleaseFields(V4Body):
    """Whether runs use a release, and what people say of it."""

    active: bool | None = None
    notes: str | None = None


class ObjectRule(V4Body):
    """`{"tableName": "connections", "onCondition": {"uuid": "…"}, "withCondition": {"id": 1}}`."""

    table_name: str
    on_condition: dict[str, str | int]
    with_condition: dict[str, str | int]

    def columns(self) -> dict[str, Any]:
        """The rule by column names."""
        return self.model_dump()


class ValueRule(V4Body):
    """`{"type": "s3Bucket", "on": "wrangle-dev", "with": "wrangle-prod"}`."""

    type: str
    on: Term
    with_: Annotated[Term, Field(alias="with")]

    def columns(self) -> dict[str, Any]:
        """The rule by column names."""
        return {"type": self.type, "on_value": self.on, "with_value": self.with_}


ObjectRules = Annotated[list[ObjectRule], Field(max_length=MOST_RULES)]
ValueRules = Annotated[list[ValueRule], Field(max_length=MOST_RULES)]
