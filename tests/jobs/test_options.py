"""What a job's log says of the options of engines, and engines that cannot be used."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace

import pytest
from scenes import finish, job_of, queue, run_request, write_setting
from sqlalchemy import select

from gristmill.jobs.worker import Worker
from gristmill.model.job_tables import JobLog

OFF = {"key": "spark.executor.cores", "value": "2", "source": "run", "ignored": "switched off"}


def _entry(key, value):
    return {"key": key, "value": value, "source": "run", "ignored": None}


@contextmanager
def working(settings, sessions, runner="write_rows"):
    worker = Worker(settings, sessions, f"job_runners:{runner}")
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def _lines(sessions):
    with sessions.read() as session:
        return [f"{level}: {message}" for level, message in session.execute(select(JobLog.level, JobLog.message))]


@pytest.mark.parametrize(
    ("execution", "options", "status", "error", "line"),
    [
        ("photon", {"spark": [OFF]}, "Complete", None, "warning: sparkOptions spark.executor.cores: ignored, switched"),
        (
            "photon",
            {"databricks": [_entry("maxWorkers", 8)]},
            "Complete",
            None,
            "info: databricksOptions: not used by running environment photon",
        ),
        (
            "databricksSpark",
            {"databricks": [_entry("maxWorkers", 8)]},
            "Failed",
            "running environment databricksSpark is not configured",
            '"max_workers": 8',
        ),
        (
            "databricksSpark",
            {"databricks": [_entry("maxWorkers", "many")]},
            "Failed",
            "databricksOptions maxWorkers: expected whole number, got 'many'",
            "error: databricksOptions maxWorkers",
        ),
        ("emrSpark", {"spark": [_entry("a", "1")]}, "Failed", "emrSpark is not configured", 'sparkOptions: {"a": "1"}'),
    ],
)
def test_options_in_the_log(settings, sessions, out, execution, options, status, error, line):
    request = replace(run_request(write_setting(out / "a.csv"), execution=execution), options=options)
    with working(settings, sessions):
        group = queue(sessions, request)
        assert finish(sessions, group) == status
    assert error is None or error in job_of(sessions, group, 0).error_message
    assert any(line in found for found in _lines(sessions)), _lines(sessions)


def test_engines_that_are_not_there_fail_before_anything_runs(settings, sessions, out):
    engines = (
        "emrSpark",
        "databricksSpark",
        "dataflow",
        "amp",
        "xml-amp",
        "dataprocSpark",
        "bigquery",
        "databricksSql",
    )
    with working(settings, sessions):
        groups = {
            engine: queue(sessions, run_request(write_setting(out / "a.csv"), execution=engine))
            for engine in (*engines, "abacus")
        }
        for engine, group in groups.items():
            assert finish(sessions, group) == "Failed"
            message = job_of(sessions, group, 0).error_message
            assert engine in message and "photon" in message
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("engine", ["databricksSpark", "dataflow", "amp", "bigquery"])
def test_an_administrator_may_let_photon_stand_in(settings, sessions, out, engine):
    with working(replace(settings, engines_fallback_to_local=True), sessions):
        group = queue(sessions, run_request(write_setting(out / "a.csv"), execution=engine))
        assert finish(sessions, group) == "Complete"
        unknown = queue(sessions, run_request(write_setting(out / "b.csv"), execution="abacus"))
        assert finish(sessions, unknown) == "Failed"
    assert job_of(sessions, group, 0).execution_language == engine
    assert any("runs on photon instead" in line for line in _lines(sessions))


def test_properties_reach_spark(settings, sessions, out):
    own = {"spark.executor.cores": "2", "transformer.dataframe.checkpoint.threshold": "9"}
    options = {"spark": [_entry(key, value) for key, value in own.items()] + [{**OFF, "value": "64"}]}
    request = replace(run_request(write_setting(out / "a.csv"), execution="spark"), options=options)
    local = replace(settings, engines_spark_master="local[2]", spark_props=(("spark.driver.memory", "3GB"),))
    with working(local, sessions, "tell_properties"):
        group = queue(sessions, request)
        assert finish(sessions, group) == "Complete"
    lines = _lines(sessions)
    assert f"info: local[2] {{'spark.driver.memory': '3g', {str(own)[1:]}" in lines
    assert any("checkpoint.threshold: not used, Spark on this machine" in line for line in lines)
