"""How deployments, releases and import rules are shown (api 3.13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.api.answers import reference
from gristmill.api.embedding import Association, Json, Resource, Rows, View, declare
from gristmill.api.resources.common import many_by, one_by, stamp_columns, stamps
from gristmill.api.resources.people import PERSONS, WORKSPACE
from gristmill.model.deployment_tables import Deployment, ObjectImportRule, Release, ReleaseFlow, ValueImportRule
from gristmill.model.deployments import releases_of
from gristmill.model.tables import Flow


def deployment_view(row: Deployment, view: View) -> Json:
    """A deployment; `latestRelease` is the newest, whether it is active or not."""
    releases = releases_of(view.session, row)
    return {
        "id": row.id,
        "name": row.name,
        **stamps(row),
        "workspace": reference(row.workspace_id),
        "numReleases": len(releases),
        "latestRelease": release_view(releases[0], view) if releases else None,
    }


def release_view(row: Release, view: View) -> Json:
    """A release; `embed=flows` shows what it has brought."""
    return {
        "id": row.id,
        "notes": row.notes,
        "packageUuid": row.package_uuid,
        "active": row.active,
        **stamps(row),
        "deployment": reference(row.deployment_id),
    }


def object_rule_view(row: ObjectImportRule, view: View) -> Json:
    """A rule that lets one connection stand in for another."""
    rule = {"tableName": row.table_name, "onCondition": row.on_condition, "withCondition": row.with_condition}
    return {"id": row.id, **rule, **stamps(row), "deployment": reference(row.deployment_id)}


def value_rule_view(row: ValueImportRule, view: View) -> Json:
    """A rule that replaces parts of buckets, paths and names."""
    rule = {"type": row.type, "on": row.on_value, "with": row.with_value}
    return {"id": row.id, **rule, **stamps(row), "deployment": reference(row.deployment_id)}


def _flows(session: Session, rows: Rows) -> Mapping[int, Rows]:
    ids = {row.id for row in rows}
    brought = select(ReleaseFlow.release_id, Flow).join(Flow, Flow.id == ReleaseFlow.flow_id)
    live = brought.where(ReleaseFlow.release_id.in_(ids), Flow.deleted_at.is_(None)).order_by(ReleaseFlow.id)
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    for release, flow in session.execute(live):
        grouped[release].append(flow)
    return grouped


OBJECT_RULES = declare(Resource("objectImportRules", ObjectImportRule, object_rule_view))
VALUE_RULES = declare(Resource("valueImportRules", ValueImportRule, value_rule_view))
RELEASES = declare(
    Resource(
        "releases",
        Release,
        release_view,
        (
            Association("deployment", "deployments", one_by("deployment_id", Deployment)),
            Association("flows", "flows", _flows, many=True),
            *PERSONS,
        ),
        columns={**stamp_columns(Release), "name": Release.notes, "notes": Release.notes, "active": Release.active},
        sort=("-id",),
    )
)
DEPLOYMENTS = declare(
    Resource(
        "deployments",
        Deployment,
        deployment_view,
        (Association("releases", "releases", many_by(Release.deployment_id), many=True), *PERSONS, WORKSPACE),
        columns={**stamp_columns(Deployment), "name": Deployment.name},
    )
)
