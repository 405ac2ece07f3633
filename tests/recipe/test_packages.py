"""Packages of every dialect become the same values: nodes, edges, datasets, outputs, parameters, texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gristmill.language.parser import parse
from gristmill.problems import RecipeError
from gristmill.recipe.packages.description import described
from gristmill.recipe.packages.flow import RunParameter, filled_in
from gristmill.recipe.packages.reading import parsed, read_package
from gristmill.recipe.packages.recipes import flow_recipes
from gristmill.recipe.tasks.writing import write_recipe
from gristmill.transforms.registry import TRANSFORMS
from tests.recipe.flows import FLOWS, opened, package_zip, recipes_of


def test_flat_package() -> None:
    package = opened(package_zip("flat.json"))
    (flow,) = package.flows
    assert (package.dialect, flow.name, [node.name for node in flow.nodes]) == (
        "flat", "Orders", ["orders.csv", "customers", "Clean orders"],
    )  # fmt: skip
    assert [(edge.source, edge.target, edge.port) for edge in flow.edges] == [(11, 13, None), (12, 13, 2)]
    orders, customers, clean = flow.nodes
    assert orders.datasource is not None and customers.datasource is not None
    assert orders.datasource.location == "/old/orders.csv"
    assert (customers.datasource.location, customers.datasource.columns) == ("public.customers", ("id", "city"))
    assert (clean.reference, clean.description) == (5, "first version")
    (output,) = flow.outputs
    assert (output.files[0].path, output.tables[0].table, output.engine) == ("hdfs:///out/clean.csv", "clean", "photon")
    assert [(item.name, item.default) for item in flow.overrides] == [("folder", "new")]


def test_current_edit_of_a_flat_recipe() -> None:
    recipe = recipes_of(opened(package_zip("flat.json")))["Clean orders"]
    assert recipe.text.splitlines() == [
        "lookup with: customers col: current_dataset.{customer id} key: customers.id",
        "derive type: single value: IF(ISMISSING([city]), 'none', 'one') as: 'found'",
    ]
    assert recipe.main is not None and recipe.main.name == "orders.csv"
    assert {name: node.name for name, node in recipe.inputs.items()} == {"customers": "customers"}
    assert recipe.read.columns == {1: ("city",)}
    assert recipe.problems == ()


def test_nested_package() -> None:
    package = opened(package_zip("nested.json"))
    recipes = recipes_of(package)
    assert recipes["visits.csv"].text == "header sanitize: false\n"
    assert recipes["same"].text.splitlines() == [
        "comment comment: 'one\\ntwo'",
        "standardize col: city mapping: ['Lyons', 'Lyon'],['N\\\"Y', 'New York']",
        "filter type: custom rowType: single row: n >= $least action: Keep",
    ]
    assert package.lost == (302,)
    assert package.flows[0].notes == ("two lines\nof text",)


def test_what_has_no_text_is_kept_and_told() -> None:
    recipe = recipes_of(opened(package_zip("nested.json")))["All"]
    union, kept = recipe.text.splitlines()
    assert union == (
        "union with: visits.csv, MISSING mapping: {'as': 'city', 'sources': "
        "current_dataset.city,visits.csv.town,MISSING.c}"
    )
    assert kept.startswith('task json: \'{\\"kind\\": \\"task\\", \\"type\\": \\"Hologram\\"')
    assert [problem.text() for problem in recipe.problems] == [
        "dataset not found: an input of this recipe no longer exists",
        "Step 2 (hologram): not supported: step of type 'Hologram': no transform 'Hologram'",
    ]
    written = write_recipe(recipe.read.recipe)
    assert written.tasks[-1] == recipe.node.tasks[-1]
    assert written.datasets == {1: "visits.csv", 2: None}


def test_values_of_standardize_go_back_into_a_file() -> None:
    recipe = recipes_of(opened(package_zip("nested.json")))["same"]
    written = write_recipe(recipe.read.recipe, first_artifact=300)
    assert written.artifacts == {300: (("Lyons", "Lyon"), ('N"Y', "New York"))}
    assert [task["type"] for task in written.tasks] == ["Load", "Comment", "Load", "Standardize", "Filter"]
    assert written.tasks[2]["parameters"]["location"]["value"] == "artifactId://300"


def test_json5_package() -> None:
    recipe = recipes_of(opened(package_zip("newer.json5")))["Sorted"]
    assert recipe.text == "sort order: -a,$sourcerownumber\n"
    assert recipe.node.rules[0]["dqMetric"] == {"uid": "not_missing"}
    assert [problem.message for problem in recipe.problems] == ["the recipe has no input any more"]


def test_description_holds_no_secret() -> None:
    package = opened(package_zip("nested.json"))
    facts = described(package, package.flows[0], flow_recipes(package, package.flows[0]), {})
    assert facts["webhooks"] == [
        {
            "name": "tell",
            "method": "post",
            "url": "https://example.org/hook",
            "event": "onJobDone",
            "recipes": ["All"],
            "headers": ["Authorization"],
        }
    ]
    assert facts["outputs"][0]["files"][0]["path"] == "s3://out/all.json"
    assert "s3cr3t" not in json.dumps(facts) + repr(package)


def test_datasets_of_one_name_are_numbered() -> None:
    document = json.loads((FLOWS / "nested.json").read_text("utf-8"))
    flow = document["data"]["flows"][0]
    flow["recipes"][1]["name"] = "visits.csv"
    flow["flowedges"].append({"id": 4, "inFlowNodeId": 2, "outFlowNodeId": 3, "outPortId": 2})
    recipe = recipes_of(read_package(json.dumps(document)))["All"]
    assert recipe.text.startswith("union with: visits.csv, visits.csv (2) mapping: ")
    assert [node.id for node in recipe.inputs.values()] == [1, 2]


@pytest.mark.parametrize(
    ("template", "places", "made"),
    [
        ("/data/", [(6, 0, "a.csv")], "/data/a.csv"),
        ("//jobrun/_/.profiler/x.json/", [(1, 0, "A"), (9, 0, "B"), (10, 0, "C")], "/A/jobrun/B_C/.profiler/x.json/"),
        ("ab", [(1, 1, "2"), (1, 0, "1")], "a12b"),
        ("ab", [(5, 0, "x")], "abx"),
        ("ab", [], "ab"),
    ],
)
def test_values_fill_a_template(template: str, places: list[tuple[int, int, str]], made: str) -> None:
    parameters = tuple(
        RunParameter("p", "path", {"variable": {"value": value}}, ((index, order),)) for index, order, value in places
    )
    assert filled_in(template, parameters) == made


def test_dates_in_a_template_have_no_text() -> None:
    assert filled_in("ab", (RunParameter("p", "path", {"dateRange": {}}, ((1, 0),)),)) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the package's document is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[]", "the document has to be an object"),
        ("{}", "this is no flow package: it has no data.flows. Export the flow again."),
        ('{"data": 5}', "data has to be an object"),
        ('{"data": {"flows": 5}}', "data.flows has to be a list"),
        ('{"data": {"flows": [5]}}', "data.flows[0] has to be an object"),
        ('{"data": {"flows": [{}]}}', "data.flows[0].id is missing"),
        ('{"data": {"flows": [{"id": 0.5}]}}', "data.flows[0].id has to be a whole number"),
        ('{"data": {"flows": [{"id": 1, "name": []}]}}', "data.flows[0].name has to be a text"),
        ('{"data": {"flownodes": [], "flows": [{"id": 1}], "flowedges": {}}}', "data.flowedges has to be a list"),
        ('{"a": ' * 100_000, "the package's document is nested too deeply"),
        ("{a: " * 100_000, "the package's document is nested too deeply"),
        ('{"data": {"flows": [], "a": "\\\\u0000 \\\\\\u0000"}}', "the package's document holds a NUL character"),
        ("{data: {flows: [], a: '\\0'}}", "the package's document holds a NUL character"),
        ('{"data": {"flows": [], "a": "\\ud83d"}}', "the package's document holds half of a character"),
    ],
)  # fmt: skip
def test_documents_that_are_no_package(text: str, message: str) -> None:
    with pytest.raises(RecipeError) as raised:
        read_package(text)
    assert [problem.text() for problem in raised.value.problems] == [message]


def test_backslashes_before_digits_are_text() -> None:
    assert parsed('["\\\\u0000", "\\\\0", "\\ud83d\\ude00"]') == ["\\u0000", "\\0", "😀"]


def test_recipes_that_go_round() -> None:
    document = json.loads((FLOWS / "nested.json").read_text("utf-8"))
    document["data"]["flows"][0]["flowedges"].append({"inFlowNodeId": 3, "outFlowNodeId": 2, "outPortId": 9})
    with pytest.raises(RecipeError, match=r"recipes '(same|All)' and '(same|All)' depend on each other"):
        recipes_of(read_package(json.dumps(document)))


JUNK = [
    None, 5, -1, 1.5, True, "", "x", "\ud800", [], [1], {}, {"kind": "func"}, {"kind": "array", "value": 5},
    {"kind": "constant", "type": "Float", "value": "1e9"}, {"kind": "column", "type": "ColumnRange", "value": ["a"]},
]  # fmt: skip


def places(value: Any, *above: str | int) -> Iterator[tuple[str | int, ...]]:
    """The ways to everything in a document."""
    yield above
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, *above, key)


@given(st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_documents_are_read_or_refused(data: st.DataObject) -> None:
    document = parsed(data.draw(st.sampled_from([path.read_text("utf-8") for path in sorted(FLOWS.iterdir())])))
    *above, last = data.draw(st.sampled_from([place for place in places(document) if place]))
    inner = document
    for key in above:
        inner = inner[key]
    inner[last] = data.draw(st.sampled_from(JUNK))
    try:
        package = read_package(json.dumps(document))
        for recipe in [recipe for flow in package.flows for recipe in flow_recipes(package, flow)]:
            again, problems = parse(recipe.text, TRANSFORMS, tuple(recipe.inputs))
            assert again == recipe.read.recipe
            assert [problem for problem in problems if problem.severity == "error"] == []
            assert json.dumps(write_recipe(again).as_json())
    except RecipeError:
        pass
