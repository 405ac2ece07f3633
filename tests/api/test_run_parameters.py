"""Parameters in paths of sources and outputs, in recipes and of the environment, and their values in runs."""

from __future__ import annotations

import pytest

from .asserts import assert_invalid

REFERENCE = {"runParameters": {"referenceDate": "2026-01-10T15:30:00.000Z"}}


def _at(index, key=None, **value):
    return {"type": "path", "overrideKey": key, "insertionIndices": [{"index": index, "order": 0}], "value": value}


def _variable(key, text, index):
    return _at(index, key, variable={"value": text})


def _dataset(desk, template, *parameters, name="d", path="/x.csv", **more):
    body = {"path": path, "dynamicPath": template, "isDynamic": True, "runParameters": list(parameters)}
    return desk.post("importedDatasets", name=name, **body, **more)["id"]


def _values(**values):
    return {"runParameters": {"overrides": {"data": [{"key": key, "value": text} for key, text in values.items()]}}}


@pytest.fixture
def regions(desk):
    """A dataset over files of regions, one of which is the default, with its length in front."""
    for region in ("01", "02", "03"):
        desk.file(f"r{region}.csv", f"region,n\n{region},{int(region)}\n")
    start = f"{desk.folder}/r"
    return desk.recipe(_dataset(desk, f"{start}.csv", _variable("varRegion", "01", len(start))))


@pytest.mark.page("a variable of a dataset has its default unless the run gives another value")
def test_a_variable_chooses_the_file(desk, regions):
    assert desk.result(regions) == "region,n\n01,1\n"
    assert desk.result(regions, overrides=_values(varRegion="02")) == "region,n\n02,2\n"
    assert desk.result(regions, **_values(varRegion="03")) == "region,n\n03,3\n"
    assert "file not found" in desk.result(regions, overrides=_values(varRegion="04"))


def test_a_value_of_the_flow_stands_between(desk, regions):
    desk.post(
        "flowRunParameterOverrides", flowId=desk.flow, overrideKey="varRegion", value={"variable": {"value": "02"}}
    )
    assert desk.result(regions).endswith("02,2\n")
    group = desk.run(regions, overrides=_values(varRegion="03") | {"writesettings": [{"path": f"{desk.folder}/o"}]})
    assert desk.end(group) == "Complete"


@pytest.mark.parametrize("hostile", ["../secret", "../../etc/passwd", "*", "1' OR '1"])
def test_a_value_is_only_ever_a_part_of_the_path(desk, regions, hostile):
    assert "file not found" in (failed := desk.result(regions, overrides=_values(varRegion=hostile))) or (
        "not permitted" in failed
    )


def test_wildcard_with_file_names(desk):
    for name in ("b2.csv", "b1.csv", "c1.csv", "_b3.csv", "deep/b4.csv"):
        desk.file(f"in/{name}", f"x,y\n{name[-5]},1\n")
    start = f"{desk.folder}/in/b"
    flat = desk.recipe(_dataset(desk, f"{start}.csv", _at(len(start), pattern={"wildcard": {}})))
    script = "derive type: single value: $filepath as: 'file'\ndelete row: false"
    desk.client.put(f"/v4/wrangledDatasets/{flat}/script", json={"script": script})
    expected = "".join(f"{n},1,{desk.folder}/in/b{n}.csv\n" for n in (1, 2))
    assert desk.result(flat) == "x,y,file\n" + expected
    folder = f"{desk.folder}/in/"
    pattern = _at(len(folder), pattern={"regex": {"value": r".*b\d"}})
    nested = desk.recipe(_dataset(desk, f"{folder}.csv", pattern, includeNestedFolders=True))
    assert desk.result(nested) == "x,y\n1,1\n2,1\n4,1\n"


def test_a_date_range_takes_the_files_of_the_reference_date(desk):
    for day in range(1, 32):
        desk.file(f"2026/01/{day:02}.csv", f"day\nd{day}\n")
    start = f"{desk.folder}/"
    parameter = _at(len(start), dateRange={"formats": ["yyyy/MM/dd"], "last": {"number": 2, "unit": "day"}})
    recipe = desk.recipe(_dataset(desk, f"{start}.csv", parameter))
    assert desk.result(recipe, **REFERENCE) == "day\nd8\nd9\n"
    desk.file("2026/01/07.csv", "day\nchanged\n")
    assert desk.result(recipe, **REFERENCE) == "day\nd8\nd9\n"
    assert "no files match" in (failed := desk.result(recipe))
    assert f"{desk.folder}/{{yyyy/MM/dd}}.csv" in failed


def test_no_file_may_be_no_row(desk, monkeypatch):
    file = desk.file("in/a.csv", 'x,"a ""b"""\n1,2\n')
    start = f"{desk.folder}/in/"
    recipe = desk.recipe(_dataset(desk, f"{start}.csv", _at(len(start), pattern={"wildcard": {}})))
    file.unlink()
    assert "no files match" in desk.result(recipe)
    monkeypatch.setattr(type(desk.client.app.state.settings), "parameters_allow_empty", True)
    assert desk.result(recipe) == 'x,"a ""b"""\n'


def test_no_file_when_the_dataset_is_made(desk):
    start = f"{desk.folder}/none"
    parameter = _at(len(start), pattern={"wildcard": {}})
    body = {"name": "d", "path": "/x", "dynamicPath": start, "runParameters": [parameter]}
    assert_invalid(desk.client.post("/v4/importedDatasets", json=body), "no files match")


def test_a_selector_takes_its_options_only(desk):
    desk.file("a.csv", "x\n1\n")
    desk.file("b.csv", "x\n2\n")
    start = f"{desk.folder}/"
    parameter = _at(len(start), "which", selector={"default": "a", "options": ["a", "b"]})
    recipe = desk.recipe(_dataset(desk, f"{start}.csv", parameter))
    assert desk.result(recipe) == "x\n1\n"
    assert desk.result(recipe, overrides=_values(which="b")) == "x\n2\n"
    assert "'which': invalid value 'c', valid values are 'a', 'b'" in desk.result(recipe, overrides=_values(which="c"))


def test_parameters_of_a_dataset(desk):
    start = f"{desk.folder}/r"
    dataset = _dataset(desk, f"{start}.csv", _variable("varRegion", "01", len(start)))
    (found,) = desk.client.get(f"/v4/importedDatasets/{dataset}/runParameters").json()["data"]
    assert (found["overrideKey"], found["type"], found["value"]) == ("varRegion", "path", {"variable": {"value": "01"}})


def test_unknown_names_are_told_in_the_log(desk, regions):
    group = desk.run(regions, overrides=_values(varregion="02") | {"writesettings": [{"path": f"{desk.folder}/o"}]})
    assert desk.end(group) == "Complete"
    assert "no parameter of this run is called 'varregion'. Did you mean 'varRegion'?" in desk.log(group)


@pytest.mark.page("a parameter of an output changes the path that is written")
def test_timestamp_and_variable_in_the_output_path(desk, regions):
    start = f"{desk.folder}/"
    stamp = {"format": "yyyy-MM-dd", "timezone": "Asia/Tokyo", "offset": {"amount": -1, "unit": "day"}}
    parameters = [_at(len(start), timestamp=stamp), _variable("varRegion", "01", len(start) + 1)]
    desk.output(regions, f"{start}_.csv", runParameters=parameters)
    assert desk.end(desk.run(regions, **REFERENCE | {"overrides": _values(varRegion="02")})) == "Complete"
    assert (desk.folder / "2026-01-10_02.csv").read_text() == "region,n\n02,2\n"
    failed = desk.end(desk.run(regions, overrides=_values(varRegion="../../../../x")))
    assert "path: expected a URI or absolute path" in failed


SAMPLE = """{ "wrangledDataset": { "id": 28629 }, "overrides": { "runParameters": { "overrides": { "data": [
{ "key": "varRegion", "value": "02" } ] } } }, "ranfrom": null }"""


@pytest.mark.page(
    "the sample that overrides a parameter's default is accepted with 201 and starts one job of the recipe",
    "datasets with variables, output objects and flows take the value by the same syntax",
    "the value may change the source, the path that is written and what the recipe says",
    "the answer's id follows the run",
)
def test_the_sample_of_the_page(desk, regions):
    start = f"{desk.folder}/out-"
    desk.output(regions, f"{start}.csv", runParameters=[_variable("varRegion", "01", len(start))])
    desk.post(f"flows/{desk.flow}/parameters", overrideKey="varRegion", value={"variable": {"value": "01"}})
    script = {"script": "derive type: single value: $varRegion as: 'asked'"}
    assert desk.client.put(f"/v4/wrangledDatasets/{regions}/script", json=script).status_code == 200
    headers = {"content-type": "application/json"}
    started = desk.client.post("/v4/jobGroups", content=SAMPLE.replace("28629", str(regions)), headers=headers)
    assert (started.status_code, started.json()["reason"]) == (201, "JobStarted")
    assert desk.end(started.json()["id"]) == "Complete"
    assert (desk.folder / "out-02.csv").read_text() == "region,n,asked\n02,2,02\n"
    assert desk.end(desk.run(regions)) == "Complete"
    assert (desk.folder / "out-01.csv").read_text() == "region,n,asked\n01,1,01\n"


@pytest.mark.page("a flow parameter of that name in the recipe takes the value")
def test_flow_parameters_in_steps(desk):
    recipe = desk.recipe(desk.dataset("d", desk.file("a.csv", "s,n\nx,1\ny,2\n")))
    for key, text in (("limit", "1"), ("a b", 'it\'s "q" $limit'), ("pat", "`{lower}`")):
        desk.post(f"flows/{desk.flow}/parameters", overrideKey=key, value={"variable": {"value": text}})
    steps = (
        "derive type: single value: n > $limit as: 'big'",
        "derive type: single value: ${a b} as: 'text'",
        "derive type: single value: n + $limit as: 'sum'",
        "replace col: s on: $pat with: 'z'",
    )
    answer = desk.client.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": "\n".join(steps)})
    assert answer.status_code == 200, answer.text
    said = '"it\'s ""q"" $limit"'
    assert desk.result(recipe) == f"s,n,sum,big,text\nz,1,2,false,{said}\nz,2,3,true,{said}\n"
    assert desk.result(recipe, overrides=_values(limit="2")).splitlines()[2] == f"z,2,4,false,{said}"


def test_now_is_the_reference_date(desk):
    recipe = desk.recipe(
        desk.dataset("d", desk.file("a.csv", "s,n\nx,1\n")), "derive type: single value: YEAR(TODAY()) as: 'y'"
    )
    assert desk.result(recipe, runParameters={"referenceDate": "2019-12-31T23:00:00.000Z"}) == "s,n,y\nx,1,2019\n"
