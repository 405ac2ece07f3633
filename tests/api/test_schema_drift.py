"""Which runs compare the columns of their sources with those of the import."""

from __future__ import annotations

import pytest

from gristmill.model.job_tables import JobGroup

OFF = {"schemaValidation": False}
STOP = {"schemaValidation": "true", "stopJobOnErrorsFound": "True"}


@pytest.fixture
def drift(joe, recipe, output, server, settings):
    """The part `schemaDrift` of a run over a file that was written anew."""

    def drift(*, anew=True, **overrides):
        if anew:
            (settings.uploads / "orders.csv").write_text("id,price,day\n1,5,6\n")
        body = {"wrangledDataset": {"id": recipe}, "overrides": overrides}
        group = joe.post("/v4/jobGroups", json=body)
        assert group.status_code == 201, group.text
        with server.sessions.read() as session:
            return session.get(JobGroup, group.json()["id"]).options.get("schemaDrift")

    return drift


def test_a_changed_file_is_compared_by_default(drift):
    columns = {"0": ["id", "qty"]}
    assert drift() == {"schemaValidation": True, "stopJobOnErrorsFound": False, "columns": columns}


def test_a_file_that_is_as_it_was_is_not_looked_at(drift):
    assert drift(anew=False, schemaDriftOptions=STOP) is None


def test_files_that_stand_in_are_compared(drift, settings):
    file = f"file://{settings.uploads}/other.csv"
    assert drift(anew=False, datasources={"orders": [file]})["columns"] == {"0": ["id", "qty"]}


def test_the_run_wins_over_the_output_and_that_over_the_workspace(admin, joe, output, drift):
    assert drift(schemaDriftOptions=OFF) is None
    assert drift(schemaDriftOptions=STOP)["stopJobOnErrorsFound"] is True
    joe.patch(f"/v4/outputObjects/{output}", json={"outputObjectSchemaDriftOptions": {"stopJobOnErrorsFound": True}})
    assert drift()["stopJobOnErrorsFound"] is True
    assert drift(schemaDriftOptions={"stopJobOnErrorsFound": False})["stopJobOnErrorsFound"] is False
    switch = {"configuration": [{"key": "jobs.schemaValidation", "value": False}]}
    assert admin.patch("/v4/workspaces/current/configuration", json=switch).status_code == 200
    assert drift() is None
    assert drift(schemaDriftOptions=STOP) is not None


def test_the_workspace_may_let_differences_fail(admin, drift):
    switch = {"configuration": [{"key": "jobs.failOnSchemaDrift", "value": True}]}
    assert admin.patch("/v4/workspaces/current/configuration", json=switch).status_code == 200
    assert drift()["stopJobOnErrorsFound"] is True
