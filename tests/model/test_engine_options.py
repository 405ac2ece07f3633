"""Which options of engines hold for a run."""

from __future__ import annotations

import pytest

from gristmill.jobs.options import spark_properties
from gristmill.model.engine_options import hide_secrets, in_force, spark_text
from gristmill.settings import SettingError, Settings, load_settings


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("spark.executor.memory", "4GB", "4g"),
        ("spark.executor.memory", "4 gb", "4g"),
        ("spark.executor.memory", "512m", "512m"),
        ("spark.executor.memory", "4096", "4096m"),
        ("spark.executor.memory", 4096, "4096m"),
        ("spark.driver.memoryOverhead", "1G", "1g"),
        ("spark.driver.maxResultSize", "0", "0"),
        ("spark.driver.maxResultSize", "1GB", "1g"),
        ("spark.executor.memory", "a lot", "a lot"),
        ("spark.sql.adaptive.enabled", True, "true"),
        ("spark.executor.cores", 2, "2"),
        ("spark.yarn.queue", "4GB", "4GB"),
    ],
)
def test_values_as_spark_reads_them(key, value, text):
    assert spark_text(key, value) == text


def test_the_strongest_entry_that_holds():
    def entry(key, value, ignored=None):
        return {"key": key, "value": value, "source": "run", "ignored": ignored}

    entries = [entry("a", "1"), entry("b", "1"), entry("a", "2"), entry("b", "2", "why"), entry("c", "3", "why")]
    assert in_force(entries) == {"a": "2", "b": "1"}
    assert in_force(None) == {}


def test_properties_of_settings_lie_below_those_of_the_run():
    props = (("spark.executor.memory", "6GB"), ("spark.hadoop.fs.s3a.secret.key", "s"))
    shown = [{"key": key, "value": "***", "source": "settings", "ignored": None} for key, _ in props]
    own = {"key": "spark.executor.memory", "value": "4g", "source": "run", "ignored": None}
    settings = Settings(spark_props=props)
    found = spark_properties(settings, {"spark": [*shown, own]})
    assert found == {"spark.executor.memory": "4g", "spark.hadoop.fs.s3a.secret.key": "s"}
    assert spark_properties(settings, None)["spark.executor.memory"] == "6g"


def test_properties_of_the_settings_file_and_the_environment(tmp_path):
    (tmp_path / "config.toml").write_text(
        '[spark.props]\n"spark.executor.memory" = "6GB"\n"spark.eventLog.enabled" = true\n'
    )
    found = load_settings({"home": tmp_path}, {}).spark_props
    assert found == (("spark.executor.memory", "6GB"), ("spark.eventLog.enabled", "true"))
    environment = {"GRISTMILL_SPARK_PROPS": '{"spark.executor.cores": 2}'}
    assert load_settings({"home": tmp_path}, environment).spark_props == (("spark.executor.cores", "2"),)
    for text in ("[]", "{", '{"a": []}', "a=b"):
        with pytest.raises(SettingError, match=r"spark\.props: expected names with texts"):
            load_settings({"home": tmp_path}, {"GRISTMILL_SPARK_PROPS": text})


def test_secrets_are_hidden():
    pairs = [{"key": "spark.x.secret.key", "value": "s"}, {"key": "spark.a", "value": "1"}]
    assert [pair["value"] for pair in hide_secrets(pairs)] == ["***", "1"]
