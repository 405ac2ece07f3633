"""Deployments and their releases: packages that come in, of which one is in use (platform 9.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, hide, made_by, touch
from gristmill.model.deployment_tables import Deployment, Release, ReleaseFlow
from gristmill.model.errors import InvalidError
from gristmill.model.flows import hide_flow, outputs_of_flow
from gristmill.model.import_rules import follow_rules, replace_object_rules, replace_value_rules
from gristmill.model.package_imports import Imported, import_package
from gristmill.model.tables import Flow
from gristmill.recipe.packages.flow import Package
from gristmill.recipe.packages.rules import Change
from gristmill.settings import Settings


@dataclass(frozen=True, slots=True)
class NewRelease:
    """A release with what its package has become, and what the import rules have changed in it."""

    release: Release
    package: Package
    made: Imported
    changes: tuple[Change, ...]


def create_deployment(session: Session, caller: Caller, name: str) -> Deployment:
    """Make a deployment without releases."""
    row = Deployment(name=name, workspace_id=caller.workspace_id, **made_by(caller))
    session.add(row)
    session.flush()
    return row


def rename_deployment(caller: Caller, row: Deployment, name: str | None) -> Deployment:
    """Give a deployment another name; None leaves it as it is."""
    row.name = name or row.name
    touch(row, caller)
    return row


def delete_deployment(session: Session, caller: Caller, row: Deployment) -> None:
    """Delete a deployment with its releases, their flows and its import rules."""
    for release in releases_of(session, row):
        delete_release(session, caller, release)
    replace_object_rules(session, caller, row, ())
    replace_value_rules(session, caller, row, ())
    hide(row, caller)


def import_release(
    session: Session,
    settings: Settings,
    caller: Caller,
    deployment: Deployment,
    package: Package,
    *,
    connections: Mapping[str, str],
    notes: str | None = None,
) -> NewRelease:
    """Make a package the active release of a deployment, changed by its import rules.

    `connections` is for the mapping that comes with the request, as in `import_package`, which also says what is
    raised.
    """
    package, changes = follow_rules(session, caller, deployment, package, connections)
    made = import_package(session, settings, caller, package, connections, keep_names=True)
    uuid = package.metadata.get("uuid")
    release = Release(
        deployment_id=deployment.id,
        notes=notes,
        package_uuid=uuid if isinstance(uuid, str) else None,
        **made_by(caller),
    )
    session.add(release)
    session.flush()
    primary = [number for number in package.primary if number in made.flows] or list(made.flows)
    for number, flow in made.flows.items():
        session.add(ReleaseFlow(release_id=release.id, flow_id=flow.id, is_primary=number in primary))
    set_active(session, caller, release, active=True)
    return NewRelease(release, package, made, changes)


def set_active(session: Session, caller: Caller, release: Release, *, active: bool) -> None:
    """Let runs of the deployment use this release, or none; another one that was in use is so no more."""
    live = select(Release).where(Release.deployment_id == release.deployment_id, Release.active.is_(True))
    for other in session.scalars(live.where(Release.id != release.id, Release.deleted_at.is_(None))):
        if active:
            other.active = False
            touch(other, caller)
    session.flush()
    release.active = active
    touch(release, caller)
    session.flush()


def describe_release(caller: Caller, release: Release, notes: str | None) -> Release:
    """Write down what people shall know of a release."""
    release.notes = notes
    touch(release, caller)
    return release


def delete_release(session: Session, caller: Caller, release: Release) -> None:
    """Delete a release with its flows. The deployment has no active release any more if it was this one."""
    for flow in flows_of(session, release):
        hide_flow(session, caller, flow)
    release.active = False
    hide(release, caller)


def releases_of(session: Session, deployment: Deployment) -> list[Release]:
    """The releases of a deployment, newest first."""
    live = select(Release).where(Release.deployment_id == deployment.id, Release.deleted_at.is_(None))
    return list(session.scalars(live.order_by(Release.id.desc())))


def flows_of(session: Session, release: Release, *, primary: bool = False) -> list[Flow]:
    """The flows of a release in the order of its package; with `primary` those that the package was made for."""
    brought = select(Flow).join(ReleaseFlow, ReleaseFlow.flow_id == Flow.id)
    wanted = brought.where(ReleaseFlow.release_id == release.id, Flow.deleted_at.is_(None))
    wanted = wanted.where(ReleaseFlow.is_primary.is_(True)) if primary else wanted
    return list(session.scalars(wanted.order_by(ReleaseFlow.id)))


def flows_to_run(session: Session, deployment: Deployment) -> list[Flow]:
    """The primary flows of the active release; of several those that have manual outputs.

    Raises InvalidError where no release is active, or the active one is empty.
    """
    active = next((release for release in releases_of(session, deployment) if release.active), None)
    if active is None:
        raise InvalidError(
            f"deployment {deployment.id} has no active release: import one with POST "
            f"/v4/deployments/{deployment.id}/releases, or activate one with PATCH /v4/releases/:id"
        )
    flows = flows_of(session, active, primary=True)
    if not flows:
        raise InvalidError(f"release {active.id} of deployment {deployment.id} has no flow to run")
    ready = [flow for flow in flows if any(output.is_adhoc for output in outputs_of_flow(session, flow))]
    return ready or flows
