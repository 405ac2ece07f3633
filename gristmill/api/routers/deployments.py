"""`/v4/deployments`: releases of flows come in by rules, and the active one runs (api 3.13)."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from gristmill.api.answers import changed, counted, listed, many, one, shown
from gristmill.api.deployment_bodies import DeploymentFields, NewDeployment, ObjectRules, ValueRules
from gristmill.api.embedding import Json
from gristmill.api.flow_starting import flow_request, started_groups
from gristmill.api.inputs import Item, List, PathId
from gristmill.api.package_bodies import SentPackage, package_body, sent_package
from gristmill.api.resources.deployments import DEPLOYMENTS, OBJECT_RULES, RELEASES, VALUE_RULES
from gristmill.api.resources.packages import imported_view
from gristmill.api.routing import DEPLOYING, Conf, CurrentUser, Db, v4_router
from gristmill.api.run_bodies import NewDeploymentRun
from gristmill.jobs.submit import submit_flow
from gristmill.model import deployments, import_rules
from gristmill.model.access import Caller, find
from gristmill.model.database import Sessions
from gristmill.model.deployment_tables import Deployment, ObjectImportRule, Release, ValueImportRule
from gristmill.settings import Settings

router = v4_router("deployments", DEPLOYING)
PACKAGE = package_body(notes="what people shall know of the release")


@router.post("", status_code=201)
def create_deployment(body: NewDeployment, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Make a deployment without releases."""
    with db.write() as session:
        return shown(session, conf, DEPLOYMENTS, deployments.create_deployment(session, user, body.name))


@router.get("")
def list_deployments(user: CurrentUser, db: Db, conf: Conf, query: List) -> Json:
    """Your deployments, newest first."""
    with db.read() as session:
        return listed(session, conf, user, DEPLOYMENTS, query)


@router.get("/count")
def count_deployments(user: CurrentUser, db: Db, query: List) -> Json:
    """How many deployments there are."""
    with db.read() as session:
        return counted(session, user, DEPLOYMENTS, query)


@router.get("/{id}")
def get_deployment(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A deployment; `embed=releases` shows its releases."""
    with db.read() as session:
        return one(session, conf, user, DEPLOYMENTS, id, query)


@router.patch("/{id}")
def change_deployment(id: PathId, body: DeploymentFields, user: CurrentUser, db: Db) -> Json:
    """Rename a deployment."""
    with db.write() as session:
        return changed(deployments.rename_deployment(user, find(session, Deployment, id, user), body.name))


@router.put("/{id}")
def replace_deployment(id: PathId, body: DeploymentFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The same as PATCH; answers the whole deployment."""
    with db.write() as session:
        row = deployments.rename_deployment(user, find(session, Deployment, id, user), body.name)
        return shown(session, conf, DEPLOYMENTS, row)


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_deployment(id: PathId, user: CurrentUser, db: Db) -> None:
    """Delete a deployment with its releases and their flows; job groups stay."""
    with db.write() as session:
        deployments.delete_deployment(session, user, find(session, Deployment, id, user))


@router.post("/{id}/run", status_code=201)
def run_deployment(id: PathId, user: CurrentUser, db: Db, conf: Conf, body: NewDeploymentRun | None = None) -> Response:
    """Run the manual outputs of the primary flow in the active release, a job group each."""
    asked = body or NewDeploymentRun()
    with db.read() as session:
        flows = deployments.flows_to_run(session, find(session, Deployment, id, user))
        requests = [flow_request(session, conf, user, flow, asked) for flow in flows]
    with db.write() as session:
        queued = [submit_flow(session, request) for request in requests]
        data = [item for _, groups in queued for item in started_groups(session, groups)]
        return JSONResponse({"flowRunId": queued[0][0].id, "data": data}, 201)


@router.get("/{id}/releases")
def list_releases_of_deployment(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: List) -> Json:
    """The releases of a deployment, newest first."""
    with db.read() as session:
        deployment = find(session, Deployment, id, user)
        return listed(session, conf, user, RELEASES, query, Release.deployment_id == deployment.id)


@router.post("/{id}/releases", status_code=201, openapi_extra=PACKAGE)
async def import_release(id: PathId, request: Request, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Import a flow package by the rules of the deployment; it becomes the active release."""
    sent = await sent_package(request)
    return await run_in_threadpool(_import, db, conf, user, id, sent, keep=True)


@router.post("/{id}/releases/dryRun", openapi_extra=PACKAGE)
async def try_release(id: PathId, request: Request, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """What an import would make and what the rules would change; nothing is stored."""
    sent = await sent_package(request)
    return await run_in_threadpool(_import, db, conf, user, id, sent, keep=False)


@router.get("/{id}/objectImportRules")
def list_object_rules(id: PathId, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Which connections stand in for those of packages, in the order of the rules."""
    with db.read() as session:
        rows = import_rules.rules_of(session, ObjectImportRule, find(session, Deployment, id, user))
        return many(session, conf, OBJECT_RULES, rows)


@router.patch("/{id}/objectImportRules")
def replace_object_rules(id: PathId, body: ObjectRules, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Put rules for connections in place of the former ones, which are answered as `deleted`."""
    with db.write() as session:
        deployment = find(session, Deployment, id, user)
        rules = [rule.columns() for rule in body]
        former = import_rules.replace_object_rules(session, user, deployment, rules)
        rows = import_rules.rules_of(session, ObjectImportRule, deployment)
        return {"deleted": many(session, conf, OBJECT_RULES, former), **many(session, conf, OBJECT_RULES, rows)}


@router.get("/{id}/valueImportRules")
def list_value_rules(id: PathId, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """What is replaced in buckets, paths and names of packages, in the order of the rules."""
    with db.read() as session:
        rows = import_rules.rules_of(session, ValueImportRule, find(session, Deployment, id, user))
        return many(session, conf, VALUE_RULES, rows)


@router.patch("/{id}/valueImportRules")
def replace_value_rules(id: PathId, body: ValueRules, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Put rules for buckets, paths and names in place of the former ones, which are answered as `deleted`."""
    with db.write() as session:
        deployment = find(session, Deployment, id, user)
        rules = [rule.columns() for rule in body]
        former = import_rules.replace_value_rules(session, user, deployment, rules)
        rows = import_rules.rules_of(session, ValueImportRule, deployment)
        return {"deleted": many(session, conf, VALUE_RULES, former), **many(session, conf, VALUE_RULES, rows)}


def _import(db: Sessions, conf: Settings, user: Caller, id: int, sent: SentPackage, *, keep: bool) -> Json:
    with db.write() as session:
        deployment = find(session, Deployment, id, user)
        new = deployments.import_release(
            session, conf, user, deployment, sent.package, connections=sent.connections, notes=sent.notes
        )
        answer = imported_view(new.made, new.package, new.changes)
        answer["release"] = shown(session, conf, RELEASES, new.release)
        if not keep:
            session.rollback()
        return answer
