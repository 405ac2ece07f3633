"""The SQL of every vendor as text: also of those whose servers cannot run here."""

from __future__ import annotations

from pathlib import Path

import pytest

from gristmill.problems import RunError
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.session import connect
from gristmill.storage.tables.statements import NewColumn, named
from gristmill.storage.tables.steps import ACTIONS, Change, steps_of, texts
from gristmill.storage.tables.vendors import VENDORS, vendor_named
from gristmill.types.catalogue import datetime_type
from gristmill.types.logical import ALL, STRING, LogicalType

EXPECTED = Path(__file__).with_name("table_statements.sql")
TYPES = (LogicalType("Integer"), LogicalType("Float"), LogicalType("Bool"), datetime_type("yyyy*mm*dd"), STRING)
NAMES = ("id", "price", "is paid", "day", 'a"b')


def change(vendor: str, action: str) -> Change:
    kind = vendor_named(vendor)
    new = tuple(NewColumn(name, kind.created(type_)) for name, type_ in zip(NAMES, TYPES, strict=True))
    exists = action not in ("create",)
    return Change(kind, action, named("Orders", ["shop"]), NAMES, new, exists, keys=("id",), mark="gristmill_7")


def written() -> str:
    """Every action of every vendor, as the reviewed file holds it."""
    lines = ["-- written by: python -m tests.storage.test_table_statements", ""]
    for vendor in VENDORS:
        for action in ACTIONS:
            lines.append(f"-- {vendor}, {action}")
            try:
                found = change(vendor, action)
                lines += texts(found, steps_of(found))
            except RunError as error:
                lines.append(f"-- {error}")
            lines.append("")
    return "\n".join(lines)


def test_every_statement_is_as_it_was_reviewed():
    assert written() == EXPECTED.read_text(encoding="utf-8")


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_logical_type_has_a_type_of_its_own_that_takes_it(vendor):
    kind = vendor_named(vendor)
    for logical in ALL:
        assert kind.takes(logical, kind.created(logical)), logical


@pytest.mark.parametrize(
    ("vendor", "logical", "native", "takes"),
    [
        ("postgres", "Integer", "smallint", True),
        ("postgres", "Integer", "character varying(20)", True),
        ("postgres", "Integer", "boolean", False),
        ("postgres", "Bool", "bigint", False),
        ("postgres", "Datetime", "timestamp without time zone", True),
        ("mysql", "Bool", "tinyint(1)", True),
        ("mysql", "Integer", "int(11) unsigned", True),
        ("mysql", "String", "varchar(20)", True),
        ("mysql", "String", "int", False),
        ("snowflake", "Datetime", "DATE", True),
        ("databricks", "Array", "array", False),
        ("oracle", "Float", "NUMBER(10,2)", True),
        ("sqlserver", "Datetime", "datetime2", True),
    ],
)
def test_which_existing_columns_take_a_type(vendor, logical, native, takes):
    assert vendor_named(vendor).takes(LogicalType(logical), native) is takes


@pytest.mark.parametrize(
    ("vendor", "native", "logical"),
    [
        ("postgres", "timestamp with time zone", "Datetime"),
        ("postgres", "jsonb", "Map"),
        ("postgres", "uuid", "String"),
        ("postgres", "citext", "String"),
        ("mysql", "bit", "String"),
        ("mysql", "year", "String"),
        ("sqlserver", "datetimeoffset", "String"),
        ("oracle", "CLOB", "String"),
        ("snowflake", "VARIANT", "Map"),
        ("bigquery", "BIGNUMERIC", "Float"),
        ("hive", "struct", "Map"),
        ("redshift", "bool", "Bool"),
    ],
)
def test_how_native_types_are_read(vendor, native, logical):
    assert vendor_named(vendor).read(native) == logical


def test_dates_and_times_have_types_of_their_own_where_the_database_wants_it():
    day, clock, moment = (datetime_type(text) for text in ("yyyy*mm*dd", "HH:MM:SS", "yyyy*mm*dd*HH:MM:SS"))
    found = {name: [VENDORS[name].created(type_) for type_ in (day, clock, moment)] for name in VENDORS}
    assert found["snowflake"] == ["DATE", "TIME", "TIMESTAMP"]
    assert found["bigquery"] == ["DATE", "TIME", "DATETIME"]
    assert found["postgres"] == ["TIMESTAMP", "VARCHAR", "TIMESTAMP"]


@pytest.mark.parametrize("vendor", [name for name, kind in VENDORS.items() if kind.driver == "others"])
def test_a_missing_driver_is_named_with_its_extra(vendor):
    with pytest.raises(RunError, match=rf"pip install 'gristmill\[{vendor}\]'"):
        connect(Login(vendor, host="127.0.0.1"))


def test_an_unknown_vendor_is_named():
    with pytest.raises(RunError, match=r"not supported: tables of vendor 'postgrs'.*Did you mean 'postgres'"):
        vendor_named("postgrs")


if __name__ == "__main__":
    EXPECTED.write_text(written(), encoding="utf-8")
