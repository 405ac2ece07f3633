"""Places that a run must not write to."""

from __future__ import annotations

import pytest

INSIDE, FOLDER = "in/day 1.csv", "in"


@pytest.mark.parametrize("read", [INSIDE, FOLDER])
def test_a_run_replaces_no_folder_that_it_reads_from(desk, read):
    file = desk.file(INSIDE, "id,qty\n1,5\n")
    recipe = desk.recipe(desk.dataset("days", desk.folder / read))
    parts = {"path": f"{desk.folder}/in", "action": "overwrite", "asSingleFile": False}
    failure = desk.end(desk.run(recipe, overrides={"writesettings": [parts]}))
    assert failure == f"'{desk.folder}/in' cannot be replaced: dataset 'days' lies in it"
    assert [path.name for path in desk.folder.rglob("*")] == ["in", file.name]
    assert desk.end(desk.run(recipe, overrides={"writesettings": [parts | {"action": "append"}]})) == "Complete"
    assert file.exists()


def test_a_single_file_may_replace_its_source(desk):
    file = desk.file(INSIDE, "id,qty\n1,5\n")
    recipe = desk.recipe(desk.dataset("days", file), "drop col: qty")
    single = {"path": str(file), "action": "overwrite", "asSingleFile": True, "header": True}
    assert desk.end(desk.run(recipe, overrides={"writesettings": [single]})) == "Complete"
    assert file.read_text() == "id\n1\n"


def test_two_outputs_of_one_place_are_refused(desk):
    recipe = desk.recipe(desk.dataset("days", desk.file(INSIDE, "id,qty\n1,5\n")))
    out = {"path": f"{desk.folder}/same.csv", "asSingleFile": True}
    same = {**out, "path": f"{desk.folder}/./same.csv", "format": "json"}
    group = desk.run(recipe, overrides={"writesettings": [out, same]})
    assert f"two outputs write to {desk.folder}/same.csv" in desk.end(group)
