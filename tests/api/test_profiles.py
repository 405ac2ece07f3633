"""Profiles over HTTP, as the product's SDK asks for them."""

from __future__ import annotations

import pytest

from .asserts import assert_invalid, assert_v4_error
from .test_whole_run import _output, _recipe, _run, _wait, client  # noqa: F401 - the server that runs jobs


@pytest.fixture(scope="module")
def groups(client):  # noqa: F811
    recipe = _recipe(client, "derive type: single value: qty * 2 as: 'double'")
    _output(client, recipe)
    found = {profiler: _run(client, recipe, overrides={"profiler": profiler}) for profiler in (True, False)}
    assert {_wait(client, group) for group in found.values()} == {"Complete"}
    return found


def test_a_profiled_run_has_a_profile_job_behind_the_recipe(client, groups):  # noqa: F811
    jobs = client.get(f"/v4/jobGroups/{groups[True]}/jobs").json()["data"]
    assert [job["jobType"] for job in jobs] == ["wrangle", "filewriter", "profile"]


def test_the_profile_has_the_keys_that_clients_read(client, groups):  # noqa: F811
    profile = client.get(f"/v4/jobgroups/{groups[True]}/profile").json()
    assert set(profile) == {
        "profilerTypeCheckHistograms",
        "profilerValidValueHistograms",
        "columnTypes",
        "profilerRules",
    }
    assert list(profile["columnTypes"]) == ["id", "qty", "double"]
    assert profile["profilerValidValueHistograms"]["double"]["max"] == 14
    results = client.get(f"/v4/jobGroups/{groups[True]}/profileResults").json()
    assert list(results.values()) == [profile]
    assert "gristmill" in client.get(f"/v4/jobGroups/{groups[True]}/profile?detail=full").json()


def test_the_profile_is_a_pdf_too(client, groups):  # noqa: F811
    answer = client.get(f"/v4/jobgroups/{groups[True]}/pdfResults")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


def test_a_run_without_profiling_has_none(client, groups):  # noqa: F811
    address = f"/v4/jobGroups/{groups[False]}"
    assert_v4_error(client.get(f"{address}/profile"), 404, "NotFoundException", "profiler")
    assert_v4_error(client.get(f"{address}/profileResults"), 404, "NotFoundException")
    assert_invalid(client.get(f"{address}/pdfResults"), "without profiling")  # clients ask again and again after a 404
