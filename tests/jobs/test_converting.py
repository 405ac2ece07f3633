"""Workbooks and JSON documents are converted by a job of their own before the recipe runs."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from scenes import finish, job_of, queue, run_request, statuses, until, write_setting
from sqlalchemy import select

from gristmill.jobs.cancel import cancel
from gristmill.jobs.worker import Worker
from gristmill.model.job_tables import JobGroup, JobLog
from gristmill.recipe.job import Job, RecipeText, Source
from gristmill.storage.reading import Reading


@pytest.fixture
def worker(settings, sessions):
    worker = Worker(settings, sessions)
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def workbook(settings):
    path = settings.data / "stock.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        for name, rows in {"north": [["id", "qty"], [1, 5], [2, 7]], "south": [["id", "qty"], [3, 9]]}.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def request(path, out, script="", **options):
    """A run over one source that is converted."""
    job = Job(
        (Source("stock", Reading((str(path),), None, options).as_json()),), (RecipeText("r", script, "source:0"),)
    )
    return replace(run_request(write_setting(out / "a.csv", action="overwrite")), job=job.as_json(), conversions=(0,))


def test_a_workbook_is_converted_before_the_recipe_runs(settings, sessions, out, worker, workbook):
    group = queue(sessions, request(workbook, out, "derive value: qty * 2 as: 'twice'"))
    assert [job_of(sessions, group, place).type for place in range(3)] == ["fileconverter", "wrangle", "filewriter"]
    assert finish(sessions, group) == "Complete"
    assert (out / "a.csv").read_text() == "id,qty,twice\n1,5,10\n2,7,14\n"
    until(lambda: not list(settings.scratch.iterdir()))


def test_all_sheets_in_their_order(sessions, out, worker, workbook):
    group = queue(sessions, request(workbook, out, "derive value: $filepath as: 'from'", sheet="*"))
    assert finish(sessions, group) == "Complete"
    assert (out / "a.csv").read_text() == "id,qty,from\n" + "".join(
        f"{row},{workbook}/{sheet}\n" for row, sheet in (("1,5", "north"), ("2,7", "north"), ("3,9", "south"))
    )


def test_a_recipe_that_names_its_columns_itself_sees_the_first_row(sessions, out, worker, workbook):
    group = queue(sessions, request(workbook, out, "header sourceRowNumber: 2"))
    assert finish(sessions, group) == "Complete"
    assert (out / "a.csv").read_text().splitlines()[0] == "1,5"


def test_a_json_document(settings, sessions, out, worker):
    path = settings.data / "stock.json"
    path.write_text(json.dumps([{"id": 1, "tags": ["a", "b"]}, {"id": 2}], indent=1))
    group = queue(sessions, request(path, out))
    assert finish(sessions, group) == "Complete"
    assert (out / "a.csv").read_text() == 'id,tags\n1,"[""a"",""b""]"\n2,\n'


def test_a_file_that_cannot_be_converted_fails_the_run(settings, sessions, out, worker):
    path = settings.data / "stock.xlsx"
    path.write_text("no workbook")
    group = queue(sessions, request(path, out))
    assert finish(sessions, group) == "Failed"
    assert statuses(sessions, group) == ["Failed", "Failed", "Canceled", "Canceled"]
    assert "it is no Excel file" in job_of(sessions, group, 0).error_message


def test_converted_files_that_are_gone_are_made_again(settings, sessions, out, workbook, monkeypatch):
    from gristmill.jobs import wrangle

    lost = []

    def lose_once(bench, running, definition, find=wrangle.with_prepared_sources):
        if not lost:
            lost.append(shutil.rmtree(settings.scratch / str(job_of(sessions, running.claim.group_id, 0).id)))
        return find(bench, running, definition)

    monkeypatch.setattr(wrangle, "with_prepared_sources", lose_once)
    worker = Worker(settings, sessions)
    worker.start()
    group = queue(sessions, request(workbook, out))
    assert finish(sessions, group) == "Complete"
    worker.stop()
    assert [job_of(sessions, group, place).attempt for place in range(3)] == [2, 2, 1]
    with sessions.read() as session:
        assert any("are gone: it runs again" in line for line in session.scalars(select(JobLog.message)))


def test_a_conversion_is_canceled_in_two_seconds(settings, sessions, out, worker, workbook, tmp_path, monkeypatch):
    from gristmill.jobs import converting

    monkeypatch.setattr(converting, "WORK", "job_runners:never_convert")
    group = queue(sessions, request(workbook, out, moments=str(tmp_path)))
    mark = tmp_path / "converting.pid"
    until(lambda: mark.exists() and mark.read_text(), 10)
    with sessions.write() as session:
        cancel(session, session.get_one(JobGroup, group))
    until(lambda: not Path(f"/proc/{mark.read_text()}").exists() and not list(settings.scratch.iterdir()), 2)
    assert statuses(sessions, group) == ["Canceled"] * 4
