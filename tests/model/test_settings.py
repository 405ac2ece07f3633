"""Settings: where values come from, and how they are read."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from gristmill.settings import TABLE, SettingError, Settings, load_settings

HOME = Path("/nonexistent/home")


@pytest.mark.parametrize(("key", "row"), TABLE.items())
def test_names_follow_from_the_key(key, row):
    assert row.attribute == re.sub(r"(?=[A-Z])", "_", key.replace(".", "_")).lower()
    assert row.sentence and row.kind


@pytest.mark.parametrize(
    ("key", "environment"),
    [
        ("jobs.photon.maxConcurrent", "GRISTMILL_JOBS_PHOTON_MAX_CONCURRENT"),
        ("storage.fileRoots", "GRISTMILL_STORAGE_FILE_ROOTS"),
        ("engines.fallbackToLocal", "GRISTMILL_ENGINES_FALLBACK_TO_LOCAL"),
        ("apiAccessTokens.usersMayCreate", "GRISTMILL_API_ACCESS_TOKENS_USERS_MAY_CREATE"),
        ("admin.email", "GRISTMILL_ADMIN_EMAIL"),
    ],
)
def test_names_in_the_environment(key, environment):
    assert TABLE[key].environment == environment


def test_defaults(monkeypatch):
    monkeypatch.setenv("HOME", "/srv/someone")
    settings = load_settings(environment={})
    assert settings.home == Path("/srv/someone/.gristmill")
    assert (settings.server_host, settings.server_port, settings.storage_file_roots) == ("127.0.0.1", 3005, ())
    assert settings.database == "sqlite:////srv/someone/.gristmill/gristmill.db"


@pytest.mark.parametrize(
    ("flag", "variable", "file", "port"),
    [
        (1, "2", "port = 3", 1),
        (None, "2", "port = 3", 2),
        (None, "", "port = 3", 3),
        (None, "", "", 3005),
    ],
)
def test_order_flag_environment_file_default(tmp_path, flag, variable, file, port):
    (tmp_path / "config.toml").write_text(f"[server]\n{file}\n")
    environment = {"GRISTMILL_HOME": str(tmp_path), "GRISTMILL_SERVER_PORT": variable}
    assert load_settings({"server.port": flag}, environment).server_port == port


def test_words_are_checked():
    assert load_settings(environment={"GRISTMILL_DEPLOYMENT_INSTANCE_TYPE": "prod"}).deployment_instance_type == "prod"
    with pytest.raises(SettingError, match=r"deployment.instanceType: expected one of dev, prod, both, got 'test'"):
        load_settings(environment={"GRISTMILL_DEPLOYMENT_INSTANCE_TYPE": "test"})


def test_the_file_has_nested_tables_or_dotted_keys(tmp_path):
    text = 'engines.fallbackToLocal = true\n[jobs.photon]\nmaxConcurrent = 7\n[storage]\nfileRoots = ["/a", "/b"]\n'
    (tmp_path / "config.toml").write_text(text)
    settings = load_settings({"home": tmp_path}, {})
    assert (settings.engines_fallback_to_local, settings.jobs_photon_max_concurrent) == (True, 7)
    assert settings.storage_file_roots == (Path("/a"), Path("/b"))


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("GRISTMILL_STORAGE_FILE_ROOTS", "/a:/b", (Path("/a"), Path("/b"))),
        ("GRISTMILL_STORAGE_FILE_ROOTS", '["/a:1"]', (Path("/a:1"),)),
        ("GRISTMILL_UPLOAD_ENABLED", "False", False),
        ("GRISTMILL_UPLOAD_ENABLED", "1", True),
        ("GRISTMILL_JOBS_HEARTBEAT_SECONDS", "0.5", 0.5),
        ("GRISTMILL_UPLOAD_MAX_BYTES", "12", 12),
    ],
)
def test_texts_of_the_environment(variable, text, value):
    settings = load_settings({"home": HOME}, {variable: text})
    (row,) = (row for row in TABLE.values() if row.environment == variable)
    assert getattr(settings, row.attribute) == value


@pytest.mark.parametrize(
    ("flags", "environment", "words"),
    [
        ({"server.prt": 1}, {}, "unknown setting 'server.prt'. Did you mean 'server.port'?"),
        ({"server.port": "many"}, {}, "server.port: expected whole number, got 'many'"),
        ({"server.port": True}, {}, "server.port: expected whole number, got 'True'"),
        ({}, {"GRISTMILL_UPLOAD_ENABLED": "perhaps"}, "upload.enabled: expected true or false, got 'perhaps'"),
        ({}, {"GRISTMILL_STORAGE_FILE_ROOTS": "[1]"}, "storage.fileRoots: expected list of folders"),
    ],
)
def test_bad_values_name_the_setting(flags, environment, words):
    with pytest.raises(SettingError, match=words.replace("?", r"\?").replace(".", r"\.")):
        load_settings({"home": HOME, **flags}, environment)


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "config.toml").write_text("= 5")
    with pytest.raises(SettingError, match=r"config\.toml"):
        load_settings({"home": tmp_path}, {})


def test_only_the_standard_library_is_loaded():
    code = (
        "import gristmill.settings, sys; print([n for n in ('sqlalchemy', 'fastapi', 'pydantic') if n in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_folders_lie_in_the_home_folder():
    settings = Settings(home=HOME)
    assert settings.uploads == HOME / "data/trifacta/uploads"
    assert settings.results == HOME / "data/trifacta/queryResults"
    assert settings.scratch == HOME / "scratch"
