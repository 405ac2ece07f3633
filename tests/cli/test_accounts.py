from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from gristmill.cli.main import cli
from gristmill.model.database import open_database
from gristmill.model.people import with_email
from gristmill.model.tokens import person_of_token
from gristmill.settings import load_settings


def gristmill(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(cli, arguments, input=stdin)


def test_a_user_and_a_token() -> None:
    create = ("user", "create", "joe@example.com", "--admin", "--password-stdin")
    assert gristmill(*create, stdin="correct horse battery staple\n").output == ""
    value = gristmill("token", "create", "JOE@example.com").stdout
    assert value.endswith("\n")
    with open_database(load_settings()).read() as session:
        found = person_of_token(session, value.strip())
        assert not isinstance(found, str)
        person, token = found
        assert (person.email, person.is_admin, token.expired_at) == ("joe@example.com", True, None)


def test_a_password_is_made_up_where_nobody_can_answer() -> None:
    password = gristmill("user", "create", "joe@example.com").stdout.strip()
    assert len(password) >= 16
    with open_database(load_settings()).read() as session:
        person = with_email(session, "joe@example.com")
        assert person is not None
        assert not person.is_admin


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (("user", "create", "nobody"), "", "email: 'nobody' is not a mail address"),
        (("user", "create", "a@b.example", "--password-stdin"), "x\n", "password: at least"),
        (("token", "create", "a@b.example"), "", "no person with the email 'a@b.example'"),
    ],
)
def test_refusals(arguments: tuple[str, ...], stdin: str, message: str) -> None:
    result = gristmill(*arguments, stdin=stdin)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_address_is_taken_once() -> None:
    assert gristmill("user", "create", "joe@example.com").exit_code == 0
    result = gristmill("user", "create", "Joe@Example.com")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "exists already" in result.stderr


def test_a_token_needs_a_lifetime() -> None:
    gristmill("user", "create", "joe@example.com")
    assert gristmill("token", "create", "joe@example.com", "--lifetime-seconds", "60").exit_code == 0
    result = gristmill("token", "create", "joe@example.com", "--lifetime-seconds", "0")
    assert result.exit_code == 2
    assert "lifetimeSeconds" in result.stderr
