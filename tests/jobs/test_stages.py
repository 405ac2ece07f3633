from __future__ import annotations

import json
from dataclasses import replace

import pytest
from scenes import run_request, write_setting

from gristmill.jobs.stages import Wrangle, Write, edges, explain, job_graph, plan_job, stage_from_json

CSV, JSON = write_setting("/out/a.csv"), write_setting("/out/a.json", format="json", action="overwrite")


def test_one_output_gives_exactly_two_jobs():
    assert plan_job(run_request(CSV)) == (Wrangle("photon"), Write(0, CSV, after=(0,)))


def test_every_write_setting_has_its_own_writer():
    stages = plan_job(run_request(CSV, JSON, CSV))
    assert [stage.type for stage in stages] == ["wrangle", "filewriter", "filewriter", "filewriter"]
    assert [stage.position for stage in stages[1:]] == [0, 1, 2]


def test_the_graph_names_jobs_in_order_of_execution():
    graph = job_graph(plan_job(run_request(CSV, JSON)), [21, 22, 23])
    assert graph == {"vertices": [21, 22, 23], "edges": [{"source": 21, "target": 22}, {"source": 21, "target": 23}]}


def test_stages_are_told_to_people():
    assert explain(plan_job(run_request(CSV, JSON, execution="spark"))).splitlines() == [
        "1. run the recipe on spark",
        "2. create /out/a.csv (csv), after 1",
        "3. overwrite /out/a.json (json), after 1",
    ]


TABLE = {"id": 3, "path": ["public"], "tableName": "t", "action": "create", "connectionId": 1}
SCRIPTS = ({"type": "pre", "connectionId": 1}, {"type": "post", "connectionId": 2})
EVERYTHING = replace(
    run_request(CSV),
    scripts=SCRIPTS,
    relations={1: {"connectionId": 7, "sql": "SELECT 1"}},
    conversions=(0,),
    publications=(TABLE,),
    profiler=True,
)


def test_scripts_sources_recipe_and_results_wait_for_each_other():
    stages = plan_job(EVERYTHING)
    kinds = ["sqlexecution", "ingest", "fileconverter", "wrangle", "filewriter", "publish", "profile", "sqlexecution"]
    assert [stage.type for stage in stages] == kinds
    results = [(3, 4), (3, 5), (3, 6)]
    assert edges(stages) == [(0, 1), (0, 2), (1, 3), (2, 3), *results, (4, 7), (5, 7), (6, 7)]


def test_a_pre_script_runs_before_a_recipe_over_plain_files():
    assert edges(plan_job(replace(run_request(CSV), scripts=SCRIPTS[:1]))) == [(0, 1), (1, 2)]


def test_stages_travel_as_json():
    for stage in plan_job(EVERYTHING):
        assert stage_from_json(json.loads(json.dumps(stage.as_json()))) == stage


def test_a_stage_of_a_newer_program_is_refused():
    with pytest.raises(ValueError, match="stage of type 'dream', this program knows ingest"):
        stage_from_json({"type": "dream", "after": []})
