"""Overrides of data sources: files that stand in for those of datasets (api 4.8)."""

from __future__ import annotations

import json

import pytest

HEAD = "code,name\n"
UNION = (
    "union with: {airlines - region 2} mapping:"
    " {'as': 'code', 'sources': current_dataset.code,{airlines - region 2}.code},"
    "{'as': 'name', 'sources': current_dataset.name,{airlines - region 2}.name}"
)


@pytest.fixture
def airlines(desk):
    """A recipe that puts two datasets together."""
    first = desk.dataset("airlines - region 1", desk.file("r1.csv", HEAD + "AA,American\n"))
    second = desk.dataset("airlines - region 2", desk.file("r2.csv", HEAD + "BA,British\n"))
    return desk.recipe(first, UNION, more=(second,))


def _instead(desk, recipe, **files):
    """What the recipe makes of other files, by the names of its datasets."""
    given = {name.replace("_", " "): files[name] for name in files}
    return desk.result(recipe, overrides={"datasources": given})


def test_files_of_two_datasets_are_replaced_for_one_run(desk, airlines):
    files = [desk.file(f"in/{name}.csv", f"{HEAD}{name},{name.lower()}\n").as_uri() for name in ("C", "D", "E")]
    swaps = {"airlines - region 1": files[:2], "airlines - region 2": files[2]}
    assert desk.result(airlines, overrides={"datasources": swaps}) == HEAD + "C,c\nD,d\nE,e\n"
    assert desk.result(airlines) == HEAD + "AA,American\nBA,British\n"


def test_files_are_read_in_the_order_of_the_list_wherever_they_lie(desk):
    recipe = desk.recipe(desk.dataset("d", desk.file("a.csv", "x,y\n1,2\n")))
    files = [desk.file(place, f"x,y\n{n},{n}\n").as_uri() for n, place in enumerate(["z/b.csv", "a/c/d.csv", "b.csv"])]
    assert _instead(desk, recipe, d=files) == "x,y\n0,0\n1,1\n2,2\n"


@pytest.mark.parametrize(
    ("files", "rows"),
    [
        (["x,y\n3,4\n", "x,y\n5,6\n"], "3,4\n5,6\n"),
        (["y,x\n4,3\n", "y,x\n6,5\n"], "3,4\n5,6\n"),
        (["x,y\n3,4\n", "y,x\n6,5\n"], "3,4\n5,6\n"),
        (["x,y\n3,4\n", "5,6\n"], "3,4\n5,6\n"),
        (["x,y,z\n3,4,0\n", "x\n5\n"], "3,4\n5,\n"),
        (["a,b\n3,4\n", "a,b\n5,6\n"], "3,4\n5,6\n"),
        (["x,y\r\n3,4\r\n", 'x,y\n5,"6"\n'], "3,4\n5,6\n"),
    ],
    ids=["same", "reordered", "one reordered", "no header", "surplus and absent", "other names", "other line ends"],
)
def test_columns_and_headers_of_other_files(desk, files, rows):
    recipe = desk.recipe(desk.dataset("d", desk.file("a.csv", "x,y\n1,2\n")))
    given = [desk.file(f"{n}.csv", text).as_uri() for n, text in enumerate(files)]
    assert _instead(desk, recipe, d=given) == "x,y\n" + rows


def test_a_first_line_that_is_no_header_is_told(desk):
    recipe = desk.recipe(desk.dataset("d", desk.file("a.csv", "x,y\n1,2\n")))
    given = [desk.file(f"{n}.csv", text).as_uri() for n, text in enumerate(["x,y\n3,4\n", "5,6\n"])]
    group = desk.run(recipe, overrides={"datasources": {"d": given}, "writesettings": [{"path": f"{desk.folder}/o"}]})
    assert desk.end(group) == "Complete"
    assert "1.csv: its first line does not hold the names of the columns" in desk.log(group)


def test_files_take_the_parsing_settings_of_the_dataset(desk):
    lines = "x|y\na|2\n"
    recipe = desk.recipe(desk.dataset("d", desk.file("a.csv", lines), ensureHeader=True))
    assert _instead(desk, recipe, d=desk.file("b.csv", "x|y\nb;c|5\n").as_uri()) == "x,y\nb;c,5\n"


def test_a_dataset_that_nobody_has_seen_takes_the_structure_of_the_first_file(desk):
    recipe = desk.recipe(desk.dataset("d", desk.folder / "later.csv"))
    assert _instead(desk, recipe, d=desk.file("b.csv", "x;y\n3;4\n").as_uri()) == "x,y\n3,4\n"


@pytest.mark.parametrize(
    ("swaps", "words"),
    [
        ({"d": ["file:///nowhere/x.csv"]}, "not permitted: 'file:///nowhere/x.csv'"),
        ({"d": ["HERE/gone.csv"]}, "file not found: "),
        ({"D": ["HERE/a.csv"]}, "no source of the recipe is called 'D'. Did you mean 'd'?"),
        ({"d": []}, "'d': no file is named"),
        ({"d": ["a.csv"]}, "expected a complete URI such as file:///data/in.csv, got 'a.csv'"),
        ({"d": ["ftp://host/a.csv"]}, "not supported: storage of type 'ftp'"),
        ({"d": ["HERE/a.json"]}, "a.json is json, the dataset is csv"),
    ],
)
def test_what_cannot_be_read_fails_the_run_by_name(desk, swaps, words):
    recipe = desk.recipe(desk.dataset("d", desk.file("a.csv", "x,y\n1,2\n")))
    desk.file("a.json", '{"x": 1}\n')
    given = {name: [uri.replace("HERE", desk.folder.as_uri()) for uri in uris] for name, uris in swaps.items()}
    failed = desk.result(recipe, overrides={"datasources": given})
    assert words in failed
    assert "gone.csv" in failed or "gone" not in json.dumps(swaps)


@pytest.mark.page("files that are converted when they come in, Excel and JSON, cannot be replaced")
@pytest.mark.parametrize(("name", "text"), [("a.json", '[{"x": 1}]'), ("a.xlsx", "")])
def test_converted_sources_are_refused(desk, name, text):
    recipe = desk.recipe(desk.dataset("d", desk.file(name, text)))
    failed = _instead(desk, recipe, d=desk.file("b.csv", "x\n1\n").as_uri())
    assert "'d' is converted when it is read (Excel, JSON), such files cannot be replaced" in failed


def test_json_lines_are_read_directly(desk):
    recipe = desk.recipe(desk.dataset("d", desk.file("a.jsonl", '{"x": 1}\n{"x": 2}\n')))
    assert _instead(desk, recipe, d=desk.file("b.jsonl", '{"x": 3}\n{"x": 4}\n').as_uri()) == "x\n3\n4\n"


@pytest.mark.page("of replaced files neither type nor size is shown, only where they lie")
def test_inputs_name_the_files_of_the_run(desk):
    recipe = desk.recipe(desk.dataset("d", desk.file("a.csv", "x,y\n1,2\n")))
    other = desk.file("b.csv", "x,y\n3,4\n").as_uri()
    out = {"path": f"{desk.folder}/o"}
    group = desk.run(recipe, overrides={"datasources": {"d": [other]}, "writesettings": [out]})
    found = desk.client.get(f"/v4/jobGroups/{group}/inputs").json()["data"]
    assert [(item["name"], [file["uri"] for file in item["inputs"]]) for item in found] == [("d", [other])]
    assert not any("size" in file for item in found for file in item["inputs"])
    assert desk.end(group) == "Complete"
