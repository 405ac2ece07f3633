"""Profiles over HTTP, as the product's SDK asks for them."""

from __future__ import annotations

import pytest

from .asserts import assert_invalid, assert_v4_error
from .running import Desk


def run(desk: Desk, *, profiler: bool) -> str:
    """The address of a run that has ended well."""
    dataset = desk.dataset("sales", desk.file("sales.csv", "id,qty\n1,5\n2,7\n"))
    recipe = desk.recipe(dataset, "derive type: single value: qty * 2 as: 'double'")
    desk.output(recipe, desk.folder / "out.csv")
    group = desk.run(recipe, overrides={"profiler": profiler})
    assert desk.end(group) == "Complete"
    return f"/v4/jobGroups/{group}"


@pytest.fixture
def address(desk):
    return run(desk, profiler=True)


def test_a_profiled_run_has_a_profile_job_behind_the_recipe(desk, address):
    jobs = desk.client.get(f"{address}/jobs").json()["data"]
    assert [job["jobType"] for job in jobs] == ["wrangle", "filewriter", "profile"]


def test_the_profile_has_the_keys_that_clients_read(desk, address):
    profile = desk.client.get(f"{address.lower()}/profile").json()
    assert set(profile) == {
        "profilerTypeCheckHistograms",
        "profilerValidValueHistograms",
        "columnTypes",
        "profilerRules",
    }
    assert list(profile["columnTypes"]) == ["id", "qty", "double"]
    assert profile["profilerValidValueHistograms"]["double"]["max"] == 14
    results = desk.client.get(f"{address}/profileResults").json()
    assert list(results.values()) == [profile]
    assert "gristmill" in desk.client.get(f"{address}/profile?detail=full").json()


def test_the_profile_is_a_pdf_too(desk, address):
    answer = desk.client.get(f"{address.lower()}/pdfResults")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


def test_a_run_without_profiling_has_none(desk):
    address = run(desk, profiler=False)
    assert_v4_error(desk.client.get(f"{address}/profile"), 404, "NotFoundException", "profiler")
    assert_v4_error(desk.client.get(f"{address}/profileResults"), 404, "NotFoundException")
    # clients ask again and again after a 404
    assert_invalid(desk.client.get(f"{address}/pdfResults"), "without profiling")
