from __future__ import annotations

from pathlib import Path

import click
import pytest

from gristmill.cli.inputs import named_inputs


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["in/orders.csv"], [("orders.csv", "orders")]),
        (["orders.csv", "b=c.csv"], [("orders.csv", "orders"), ("b",)]),
        (["a/x.csv", "x.json"], [("x.csv",), ("x.json",)]),
        (["x.csv", "x=y.csv"], [("x.csv",), ("x",)]),
        (["x.csv.gz"], [("x.csv.gz", "x")]),
        (["airlines - region 1=r.csv"], [("airlines - region 1",)]),
    ],
)
def test_names(values: list[str], names: list[tuple[str, ...]]) -> None:
    assert [item.names for item in named_inputs(values)] == names


def test_a_file_with_an_equals_sign_needs_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a=b.csv").write_text("x\n1\n")
    assert named_inputs(["a=b.csv"])[0].path == Path("a=b.csv")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["x.csv", "y/x.csv"], "two inputs have the name 'x.csv'"),
        (["n=x.csv", "n=y.csv"], "two inputs have the name 'n'"),
        (["n="], "expected --input"),
        (["=x.csv"], "expected --input"),
    ],
)
def test_bad_inputs(values: list[str], message: str) -> None:
    with pytest.raises(click.UsageError, match=message):
        named_inputs(values)
