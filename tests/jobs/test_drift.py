"""Columns of sources that are not those of the import any more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scenes import finish, job_of, queue, run_request, write_setting
from sqlalchemy import select
from test_options import working

from gristmill.jobs.drift import describe_drift
from gristmill.model.job_tables import JobLog
from gristmill.recipe.job import Job, Source
from gristmill.storage.matching import Text, path_pattern, wildcard
from gristmill.storage.reading import Reading

BEFORE = ["id", "qty"]


@pytest.mark.parametrize(
    ("before", "present", "words"),
    [
        (["a", "b"], ["a", "b"], None),
        ([], [], None),
        (["a", "b"], ["a", "b", "c"], "added 'c'"),
        (["a", "b"], ["b"], "removed 'a'"),
        (["a", "b"], ["b", "a"], "in another order"),
        (["a", "b"], ["a", "B"], "added 'B'; removed 'b'"),
        (["a", "b", "c"], ["d", "c", "a"], "added 'd'; removed 'b'; in another order"),
        ([], [f"c{number}" for number in range(25)], "and 5 more"),
    ],
)
def test_what_is_different(before, present, words):
    found = describe_drift(before, present)
    assert found == words or (words is not None and "more" in words and words in found)


@pytest.fixture
def drifting(settings, sessions, out):
    """Runs a recipe over a source; answers its status, its error and its warnings."""

    def drifting(reading, stop):
        source = Source("orders", reading, None)
        drift = {"schemaValidation": True, "stopJobOnErrorsFound": stop, "columns": {"0": BEFORE}}
        request = run_request(write_setting(out / "a.csv"))
        request = replace(request, job=Job((source,), ()).as_json(), options={"schemaDrift": drift})
        with working(settings, sessions):
            group = queue(sessions, request)
            status = finish(sessions, group)
        with sessions.read() as session:
            lines = session.scalars(select(JobLog.message).where(JobLog.level == "warning")).all()
        return status, job_of(sessions, group, 0).error_message, list(lines)

    return drifting


def _file(settings, text) -> dict:
    file = settings.data / "orders.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return Reading((f"file://{file}",), None, {}).as_json()


def test_a_difference_is_a_warning(settings, drifting):
    status, _, lines = drifting(_file(settings, "id,price\n1,2\n"), False)
    sentence = "columns have changed since the import: dataset 'orders': added 'price'; removed 'qty'"
    assert (status, lines) == ("Complete", [sentence])


def test_a_difference_stops_the_run_where_that_is_asked(settings, drifting, out):
    status, error, _ = drifting(_file(settings, "qty,id\n1,2\n"), True)
    assert (status, list(out.iterdir())) == ("Failed", [])
    assert error == "columns have changed since the import: dataset 'orders': in another order"


def test_equal_columns_are_no_drift(settings, drifting):
    assert drifting(_file(settings, "id,qty\n1,2\n3,4\n"), True) == ("Complete", None, [])


def test_the_first_of_many_files_counts(settings, drifting):
    for name, text in (("a.csv", "id,qty,day\n1,2,3\n"), ("b.csv", "id,qty\n1,2\n")):
        (settings.data / name).write_text(text)
    pattern = path_pattern([Text(f"{settings.data}/"), wildcard(nested=False), Text(".csv")], nested=False)
    pattern = replace(pattern, folder=f"file://{settings.data}/")
    document = Reading((), None, {}).as_json() | {"match": pattern.as_json(), "records": False}
    status, error, _ = drifting(document, True)
    assert status == "Failed" and error.endswith("dataset 'orders': added 'day'")
