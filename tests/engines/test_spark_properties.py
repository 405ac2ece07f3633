"""Which properties of Spark a run may set on this machine."""

from __future__ import annotations

from pathlib import Path

from gristmill.engines.spark.process import SETTINGS, is_settable, settings_within
from gristmill.recipe.job import Job, Limits

SCRATCH = Path("/scratch")


def test_a_run_sets_properties_over_the_general_ones():
    limits = Limits(memory_bytes=4 << 30, properties=(("spark.driver.memory", "8g"), ("spark.task.maxFailures", "2")))
    found = settings_within(limits, SCRATCH)
    assert (found["spark.driver.memory"], found["spark.task.maxFailures"]) == ("8g", "2")
    assert settings_within(Limits(memory_bytes=4 << 30), SCRATCH)["spark.driver.memory"] == "4096m"


def test_what_results_and_confinement_rest_on_stays():
    names = [*SETTINGS, "spark.local.dir", "transformer.dataframe.checkpoint.threshold"]
    limits = Limits(properties=tuple((name, "evil") for name in names))
    assert not any(map(is_settable, names))
    assert settings_within(limits, SCRATCH) == {"spark.sql.shuffle.partitions": "8", "spark.local.dir": "/scratch"}


def test_properties_cross_the_border_between_processes():
    job = Job((), (), limits=Limits(properties=(("spark.a", "1"),)))
    assert Job.from_json(job.as_json()) == job
