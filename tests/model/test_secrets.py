from __future__ import annotations

from dataclasses import replace

import pytest

from gristmill.model.secrets import SecretError, decrypt, encrypt

PASSWORDS = [{"username": "loader", "password": "pä\0ss"}]


def test_a_secret_comes_back(settings):
    stored = encrypt(settings, PASSWORDS)
    assert "loader" not in stored
    assert decrypt(settings, stored) == PASSWORDS


def test_the_key_is_kept_for_its_owner_only(settings):
    encrypt(settings, "x")
    key = settings.home / "secret.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.home.iterdir() if "secret" in path.name] == ["secret.key"]


def test_another_key_reads_nothing(settings):
    stored = encrypt(replace(settings, secret_key="one"), "x")
    assert decrypt(replace(settings, secret_key="one"), stored) == "x"
    with pytest.raises(SecretError, match="enter it again"):
        decrypt(replace(settings, secret_key="two"), stored)
