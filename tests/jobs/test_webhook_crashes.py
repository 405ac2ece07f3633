"""A server that is killed between the end of a run and the arrival of its message."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scenes import finish, queue, run_request, until, write_setting
from sqlalchemy import select
from test_crashes import server
from test_webhook_deliveries import deliveries, webhook

from gristmill.model.job_tables import JobGroup
from tests.receivers import Answer, receiving

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("moment", ["before the delivery", "after the delivery"])
def test_no_message_is_lost(settings, sessions, out, tmp_path, moment):
    with receiving() as receiver:
        request = replace(run_request(write_setting(out / "a.csv")), webhooks=(webhook(receiver.url),))
        with server(settings, tmp_path, moment) as process:
            group = queue(sessions, request)
            until((tmp_path / f"{moment}.pid").exists, 10)
            assert finish(sessions, group) == "Complete"
            process.kill()
            process.wait()
        before = len(receiver.received)
        assert before == (moment == "after the delivery")
        with server(settings, tmp_path):
            until(lambda: deliveries(sessions)[0].status == "Delivered", 10)
    ids = [received.headers["webhook-id"] for received in receiver.received]
    assert len(ids) == before + 1 and set(ids) == {deliveries(sessions)[0].message_id}


def test_a_message_in_the_air_is_sent_again(settings, sessions, out, tmp_path):
    with receiving(Answer(seconds=30), Answer()) as receiver:
        request = replace(run_request(write_setting(out / "a.csv")), webhooks=(webhook(receiver.url),))
        with server(settings, tmp_path) as process:
            queue(sessions, request)
            receiver.wait()
            process.kill()
            process.wait()
        with server(settings, tmp_path):
            receiver.wait(2)
            until(lambda: deliveries(sessions)[0].status == "Delivered", 10)
    with sessions.read() as session:
        assert session.scalars(select(JobGroup.status)).all() == ["Complete"]
