"""Messages about the end of a run: which are made, and that each is sent until it has arrived or failed."""

from __future__ import annotations

import hashlib
import hmac
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from scenes import finish, job_of, queue, run_request, until, write_setting
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from standardwebhooks.webhooks import Webhook

from gristmill.jobs.claims import Owner, claim_job, lanes_of
from gristmill.jobs.failures import JobError
from gristmill.jobs.outcome import cancel_jobs, complete, fail_job
from gristmill.jobs.webhooks import courier
from gristmill.jobs.webhooks.deliveries import (
    DELIVERIES,
    beat_deliveries,
    claim_delivery,
    record,
    release_deliveries,
)
from gristmill.jobs.webhooks.sending import Reply
from gristmill.jobs.worker import Worker
from gristmill.model.clock import now
from gristmill.model.job_tables import JobGroup, WebhookDelivery
from gristmill.model.secrets import encrypt
from tests.receivers import Answer, receiving

ME, MY_PAST, OTHER = Owner("host-1", "b"), Owner("host-1", "a"), Owner("host-2", "c")
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZg=="
FAILED, ARRIVED = Reply(0, 1, 500, "", "answered 500"), Reply(0, 1, 200, "ok", None)


def webhook(url="http://127.0.0.1:1/", event="onJobDone", **more):
    return {
        "taskId": None,
        "name": event,
        "url": url,
        "method": "post",
        "triggerEvent": event,
        "body": '{"job_id":"$jobId","status":"$jobStatus","flow":"$flowName","by":"$runBy","why":"$errorMessage"}',
        "headers": {},
        "sslVerification": True,
        "secret": None,
        "retryOnFailure": False,
        **more,
    }


EVENTS = ("onJobSuccess", "onJobFailure", "onJobDone")


@pytest.fixture
def local(settings):
    """Settings with which receivers of the test may be reached, and that wait for nothing."""
    return replace(settings, webhooks_allowed_hosts=("127.0.0.1",), webhooks_retry_seconds=0.05)


@pytest.fixture
def queue_with(sessions, out):
    def queue_with(*webhooks, **parameters):
        return queue(sessions, replace(run_request(write_setting(out / "a.csv"), **parameters), webhooks=webhooks))

    return queue_with


@contextmanager
def working(settings, sessions):
    worker = Worker(settings, sessions, "job_runners:write_rows")
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def deliveries(sessions) -> list[WebhookDelivery]:
    with sessions.read() as session:
        return list(session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def do(sessions, act, *args):
    with sessions.write() as session:
        return act(session, *args)


def end_well(session, group_id, settings):
    for _ in session.get_one(JobGroup, group_id).jobs:
        complete(session, claim_job(session, ME, lanes_of(settings), settings), {})


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("Complete", ["onJobSuccess", "onJobDone"]),
        ("Failed", ["onJobFailure", "onJobDone"]),
        ("Canceled", []),
    ],
)
def test_rows_are_made_in_the_transaction_that_ends_the_run(sessions, settings, queue_with, end, expected):
    group = queue_with(*(webhook(event=event) for event in EVENTS))
    with sessions.write() as session:
        match end:
            case "Complete":
                end_well(session, group, settings)
            case "Failed":
                fail_job(session, job_of(sessions, group, 0).id, group, JobError("RunError", "no such file"))
            case _:
                cancel_jobs(session, group)
        made = session.execute(select(DELIVERIES.c.request)).scalars().all()
        assert session.get_one(JobGroup, group, populate_existing=True).status == end
    assert [request["webhook"]["name"] for request in made] == expected
    assert {row.status for row in deliveries(sessions)} <= {"Waiting"}
    if made:
        facts = made[0]["facts"]
        assert (facts["jobId"], facts["jobStatus"], facts["runBy"]) == (str(group), end, "a@example.com")
        assert facts["errorMessage"] == ("no such file" if end == "Failed" else "")


def test_only_the_first_end_of_a_run_is_announced(sessions, settings, queue_with):
    group = queue_with(webhook())
    do(sessions, end_well, group, settings)
    with sessions.write() as session:  # a later publication opens the group again
        row = session.get_one(JobGroup, group)
        row.status, row.jobs[-1].status = "InProgress", "Pending"
    do(sessions, fail_job, job_of(sessions, group, 1).id, group, JobError("RunError", "x"))
    assert len(deliveries(sessions)) == 1


def test_a_message_says_what_came_of_the_run(sessions, local, queue_with, out):
    body = "$jobId $rowCount $outputUris $recipeId $recipeName $jobUrl $flowRunId|$startedAt $finishedAt"
    with receiving() as receiver, working(local, sessions):
        group = queue_with(webhook(receiver.url, body=body), rows=5)
        (received,) = receiver.wait()
        until(lambda: deliveries(sessions)[0].status == "Delivered")
    words = received.body.decode().split(" ")
    assert words[:5] == [str(group), "5", f"file://{out}/a.csv", "1", "recipe"]
    assert words[5] == f"http://127.0.0.1:3005/jobs/{group}"
    assert words[6].startswith("|20") and words[7].endswith(".000Z")


def test_it_is_repeated_after_two_failures_and_signed_anew(sessions, local, queue_with):
    hook = {"retryOnFailure": True, "secret": encrypt(local, SECRET)}
    with receiving(Answer(500), Answer(500, b"broken"), Answer(200)) as receiver, working(local, sessions):
        group = queue_with(webhook(receiver.url, **hook))
        until(lambda: deliveries(sessions) and deliveries(sessions)[0].status == "Delivered", 10)
    assert len(receiver.received) == 3
    for received in receiver.received:
        assert Webhook(SECRET).verify(received.body, received.headers)["job_id"] == str(group)
        moment, signature = received.headers["x-webhook-signature"].split(",")
        signed = moment.removeprefix("t=").encode() + b"." + received.body
        assert signature == "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert len({received.headers["webhook-id"] for received in receiver.received}) == 1
    assert len({received.headers["x-webhook-signature"] for received in receiver.received}) == 3
    (delivery,) = deliveries(sessions)
    assert [entry["statusCode"] for entry in delivery.attempts] == [500, 500, 200]
    assert [entry["attempt"] for entry in delivery.attempts] == [1, 2, 3]
    assert set(delivery.attempts[0]) == {"attempt", "at", "milliseconds", "statusCode", "answer", "error"}
    assert (delivery.attempts[1]["answer"], delivery.attempts[1]["error"]) == ("broken", "answered 500")


@pytest.mark.parametrize(("retry", "times"), [(False, 1), (True, 4)])
def test_it_is_given_up_in_the_end(sessions, local, queue_with, retry, times):
    with receiving(Answer(503)) as receiver, working(replace(local, webhooks_retry_seconds=0.001), sessions):
        group = queue_with(webhook(receiver.url, retryOnFailure=retry))
        assert finish(sessions, group) == "Complete"
        until(lambda: deliveries(sessions)[0].status == "Failed", 10)
    assert len(receiver.received) == len(deliveries(sessions)[0].attempts) == times


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/", "http://169.254.169.254/latest", "http://localhost:{port}/"]
)
def test_a_forbidden_place_fails_the_delivery_not_the_run(sessions, settings, queue_with, url):
    with receiving() as receiver, working(settings, sessions):
        group = queue_with(webhook(url.format(port=receiver.port), retryOnFailure=False))
        assert finish(sessions, group) == "Complete"
        until(lambda: deliveries(sessions)[0].status == "Failed")
    assert receiver.received == []
    assert deliveries(sessions)[0].attempts[0]["error"].startswith("refused")


def test_a_slow_receiver_holds_up_nobody(sessions, local, queue_with):
    with receiving(Answer(seconds=1.5)) as slow, receiving() as quick, working(local, sessions):
        start = time.monotonic()
        queue_with(*(webhook(slow.url) for _ in range(3)), webhook(quick.url))
        quick.wait()
        assert time.monotonic() - start < 1.5
        until(lambda: {row.status for row in deliveries(sessions)} == {"Delivered"}, 10)


def test_a_secret_of_another_key_fails_the_delivery(sessions, local, queue_with):
    with receiving() as receiver, working(local, sessions):
        queue_with(webhook(receiver.url, secret=encrypt(replace(local, secret_key="another"), "k")))
        until(lambda: deliveries(sessions) and deliveries(sessions)[0].status == "Failed")
    assert "secret.key" in deliveries(sessions)[0].attempts[0]["error"]
    assert receiver.received == []


@pytest.mark.parametrize("part", ["attempt", "record"])
def test_a_fault_of_ours_neither_loses_nor_doubles_a_message(sessions, local, queue_with, monkeypatch, part):
    real, faults = getattr(courier, part), [OperationalError("", {}, Exception("gone")), None]

    def faulty(*args):
        fault = faults.pop(0) if faults else None
        if fault is not None:
            raise fault
        return real(*args)

    monkeypatch.setattr(courier, part, faulty)
    monkeypatch.setattr(courier, "RETRY_SECONDS", 0.01)
    with receiving() as receiver, working(local, sessions):
        queue_with(webhook(receiver.url))
        until(lambda: deliveries(sessions) and deliveries(sessions)[0].finished_at, 10)
    (entry,) = deliveries(sessions)[0].attempts
    if part == "record":
        assert (entry["statusCode"], len(receiver.received)) == (200, 1)
    else:
        assert (entry["error"], receiver.received) == ("internal error: OperationalError", [])


@pytest.fixture
def due(sessions, settings, queue_with):
    """A message that waits."""
    do(sessions, end_well, queue_with(webhook(retryOnFailure=True)), settings)
    return deliveries(sessions)[0].id


def _age(sessions, **columns):
    with sessions.write() as session:
        session.execute(update(DELIVERIES).values({name: now() - ms for name, ms in columns.items()}))


def test_one_worker_at_a_time(sessions, settings, due):
    parcel = do(sessions, claim_delivery, ME, settings)
    assert (parcel.id, parcel.attempt, parcel.owner) == (due, 1, "host-1/b")
    assert do(sessions, claim_delivery, OTHER, settings) is None
    _age(sessions, heartbeat_at=60_000)  # a busy machine forgets to beat: it is still in our hands
    assert do(sessions, claim_delivery, ME, settings) is None


def test_a_failure_makes_it_wait_longer_and_longer(sessions, settings, due):
    for attempt, seconds in enumerate((1, 5, 25), start=1):
        parcel = do(sessions, claim_delivery, ME, settings)
        assert parcel.attempt == attempt
        assert do(sessions, record, parcel, FAILED, settings) == "Waiting"
        pause = deliveries(sessions)[0].due_at - now()
        assert 0.75 * seconds * 1000 < pause <= 1.2 * seconds * 1000
        assert do(sessions, claim_delivery, ME, settings) is None
        _age(sessions, due_at=0)
    assert do(sessions, record, do(sessions, claim_delivery, ME, settings), FAILED, settings) == "Failed"
    assert do(sessions, claim_delivery, ME, settings) is None


@pytest.mark.parametrize("heir", [OTHER, ME])
def test_what_a_dead_worker_has_left_is_sent_again(sessions, settings, due, heir):
    lost = do(sessions, claim_delivery, MY_PAST, settings)
    if heir is OTHER:  # another place cannot know before the heartbeat is old
        assert do(sessions, claim_delivery, heir, settings) is None
        _age(sessions, heartbeat_at=60_000)
        do(sessions, beat_deliveries, MY_PAST, [due])
        assert do(sessions, claim_delivery, heir, settings) is None
        _age(sessions, heartbeat_at=60_000)
    taken = do(sessions, claim_delivery, heir, settings)
    assert (taken.attempt, taken.message_id) == (2, lost.message_id)
    do(sessions, record, lost, FAILED, settings)  # the dead one wakes up: nobody listens
    assert deliveries(sessions)[0].attempts is None
    assert do(sessions, record, taken, ARRIVED, settings) == "Delivered"


def test_a_stopping_worker_gives_back_what_it_sends(sessions, settings, due):
    do(sessions, claim_delivery, ME, settings)
    do(sessions, release_deliveries, ME)
    assert do(sessions, claim_delivery, OTHER, settings).attempt == 2
