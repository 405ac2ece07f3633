"""The `profile` job: the profile that the engine has computed is kept, and printed as a PDF."""

from __future__ import annotations

import json

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gristmill.jobs.again import make_again
from gristmill.jobs.running import Bench, Done, Running
from gristmill.jobs.stages import MakeProfile
from gristmill.jobs.written import Written, written_for
from gristmill.model.clock import iso_second, now
from gristmill.model.graph import name_of_node
from gristmill.model.job_tables import JobGroup, Profile, ScriptResult
from gristmill.model.tables import Person
from gristmill.problems import plural
from gristmill.profile.report import Facts, printed


def keep_profile(bench: Bench, running: Running, stage: MakeProfile) -> Done:
    """Store the profile of the group. Raises LostClaimError when it must be computed again."""
    written = written_for(bench, running, stage)
    try:
        document = json.loads(written.path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        raise make_again(bench, running, written.job_id, written.attempt) from None
    with bench.sessions.read() as session:
        facts = _facts(session, written)
    pdf = printed(facts, document)
    running.go_on()
    by = {"creator_id": written.group.creator_id, "updater_id": written.group.creator_id}
    with bench.transaction() as session:  # an earlier attempt may have come as far as here
        session.execute(delete(Profile).where(Profile.job_group_id == written.group.id))
        session.add(Profile(job_group_id=written.group.id, document=document, pdf=pdf, **by))
    running.journal.log("info", f"profile of {plural(written.rows, 'row')}, {plural(len(written.columns), 'column')}")
    return Done({"rows": written.rows, "columns": len(written.columns)})


def _facts(session: Session, written: Written) -> Facts:
    group = session.get_one(JobGroup, written.group.id)
    node, person = group.flow_node, session.get(Person, group.creator_id)
    results = session.query(ScriptResult).where(ScriptResult.job_group_id == group.id).order_by(ScriptResult.id)
    ended = now()
    return Facts(
        recipe=name_of_node(node),
        flow=node.flow.name,
        job_group_id=group.id,
        person="" if person is None else person.email,
        started=iso_second(group.created_at),
        ended=iso_second(ended),
        seconds=(ended - group.created_at) / 1000,
        engine=group.execution,
        rows=written.rows,
        outputs=tuple(setting["path"] for setting in group.outputs or ()) or tuple(row.uri for row in results),
        parameters={item["name"]: item["value"] for item in group.parameters or ()},
    )
