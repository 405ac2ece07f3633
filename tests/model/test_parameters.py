"""Parameters: insertion into paths, and whose value wins."""

from __future__ import annotations

import pytest

from gristmill.model.errors import InvalidError
from gristmill.model.flows import create_flow
from gristmill.model.parameter_values import Definition, check_run_parameters, parameter_name
from gristmill.model.parameters import create_flow_parameter, override_in_flow
from gristmill.model.resolving import insert, resolve


def _at(name: str, *places: tuple[int, int]) -> dict[str, object]:
    indices = [{"index": index, "order": order} for index, order in places]
    value = {"variable": {"value": ""}}
    return {"type": "path", "overrideKey": name, "insertionIndices": indices, "value": value}


@pytest.mark.parametrize(
    ("template", "parameters", "path"),
    [
        ("/in/.csv", [_at("a", (4, 0))], "/in/A.csv"),
        ("/in/.csv", [_at("a", (0, 0), (8, 0))], "A/in/.csvA"),
        ("/in/_.csv", [_at("a", (4, 0)), _at("b", (5, 0))], "/in/A_BB.csv"),
        ("/in/.csv", [_at("b", (4, 1)), _at("a", (4, 0))], "/in/ABB.csv"),
        ("/in", [], "/in"),
    ],
)
def test_values_are_put_in_where_they_belong(template, parameters, path):
    assert insert(template, check_run_parameters(parameters, template), {"a": "A", "b": "BB"}) == path


@pytest.mark.parametrize("name", ["a", "_x", "varRegion", "a b.c-d", "$region"])
def test_names(name):
    assert parameter_name(name) == name.removeprefix("$")


@pytest.mark.parametrize("name", ["", "1a", "a,b", "sourcerownumber", "x" * 256, "é"])
def test_bad_names(name):
    with pytest.raises(InvalidError, match="overrideKey"):
        parameter_name(name)


def _value(text: str) -> dict[str, object]:
    return {"variable": {"value": text}}


@pytest.mark.parametrize(
    ("own_override", "upper_override", "run", "value", "source"),
    [
        (None, None, {}, "default", "default"),
        (None, "upper", {}, "upper", "flow"),
        ("own", "upper", {}, "own", "flow"),
        ("own", "upper", {"p": "run"}, "run", "run"),
        (None, None, {"P": "run", "q": "x"}, "default", "default"),
    ],
)
def test_run_wins_over_flow_wins_over_flow_above_wins_over_default(
    sessions, joe, own_override, upper_override, run, value, source
):
    with sessions.write() as session:
        own, upper = (create_flow(session, joe, {"name": name}) for name in ("own", "upper"))
        create_flow_parameter(session, joe, upper, "p", _value("default"))
        for flow, text in ((own, own_override), (upper, upper_override)):
            if text is not None:
                override_in_flow(session, joe, flow, "p", _value(text))
        found = resolve(session, [own.id, upper.id], [Definition("p", "of a dataset")], run)
    assert found.facts == ({"name": "p", "type": "variable", "value": value, "source": source},)


def test_one_name_is_one_value_for_flow_and_dataset(sessions, joe):
    with sessions.write() as session:
        flow = create_flow(session, joe, {"name": "f"})
        found = resolve(
            session, [flow.id], [Definition("p", "first"), Definition("p", "second"), Definition("q", "3")], {"q": "9"}
        )
    assert found.values == {"p": "first", "q": "9"}
