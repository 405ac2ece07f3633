"""Import rules for values: what they change in a package, and what they leave alone (platform 9.3)."""

from __future__ import annotations

import pytest

from gristmill.problems import RecipeError
from gristmill.recipe.packages.flow import (
    Datasource,
    Flow,
    Node,
    Output,
    Package,
    Publication,
    RunParameter,
    WriteSetting,
    filled_in,
)
from gristmill.recipe.packages.marks import changed
from gristmill.recipe.packages.places import in_package, in_text
from gristmill.recipe.packages.rules import ValueRule, apply_rules, check_rule


def region(*insertions: tuple[int, int], kind: str = "path", name: str = "region") -> RunParameter:
    return RunParameter(name, kind, {"variable": {"value": "01"}}, insertions)


def source(uri: str = "", **facts) -> Datasource:
    path = uri.partition("://")[2].partition("/")[2]
    return Datasource(id=9, kind="s3", path=f"/{path}" if uri else "", uri=uri, connection=None, **facts)


def package(*, of: Datasource | None = None, files=(), tables=()) -> Package:
    node = Node(id=1, name="orders", wrangled=of is None, tasks=(), datasource=of)
    output = Output(id=4, node=1, engine="photon", profiles=False, files=tuple(files), tables=tuple(tables))
    flow = Flow(7, "POS", "", (node,), (), (output,), (), (), (), ())
    return Package("nested", "9.7", {}, (flow,), ())


def after(original: Package, *rules: tuple[str, str, str]):
    made, changes = apply_rules(original, [ValueRule(*rule) for rule in rules])
    (flow,) = made.flows
    return flow.nodes[0].datasource, flow.outputs[0], changes


def read_from(uri: str, *rules: tuple[str, str, str]) -> str:
    return after(package(of=source(uri)), *rules)[0].uri


def written_to(path: str, *rules: tuple[str, str, str]) -> str:
    return after(package(files=[WriteSetting(path, "csv", "create")]), *rules)[1].files[0].path


URIS = [
    ("s3://wrangle-dev/in/a.csv", ("s3Bucket", "wrangle-dev", "wrangle-prod"), "s3://wrangle-prod/in/a.csv"),
    ("s3a://wrangle-dev/in/a.csv", ("s3Bucket", "wrangle-dev", "wrangle-prod"), "s3a://wrangle-prod/in/a.csv"),
    ("s3://wrangle-dev-2/in/a.csv", ("s3Bucket", "wrangle-dev", "wrangle-prod"), "s3://wrangle-dev-2/in/a.csv"),
    ("s3://in/wrangle-dev/a.csv", ("s3Bucket", "wrangle-dev", "wrangle-prod"), "s3://in/wrangle-dev/a.csv"),
    ("s3://team-7-dev/a.csv", ("s3Bucket", "/^(.*)-dev$/", "$1-prod"), "s3://team-7-prod/a.csv"),
    ("s3://team-7-dev/a.csv", ("s3Bucket", "`team-{digit}-dev`", "all"), "s3://all/a.csv"),
    ("s3://team-7-dev/a.csv", ("s3Bucket", "/.*/", "all"), "s3://all/a.csv"),
    ("hdfs://wrangle-dev/a.csv", ("s3Bucket", "wrangle-dev", "wrangle-prod"), "hdfs://wrangle-dev/a.csv"),
    ("hdfs:///dev/a/dev/b.csv", ("fileLocation", "//dev//", "/prod/"), "hdfs:///prod/a/prod/b.csv"),
    ("hdfs:///development/data/b.csv", ("fileLocation", "//development//data//", "/prod/"), "hdfs:///prod/b.csv"),
    ("s3://dev/a/dev.csv", ("fileLocation", "dev", "prod"), "s3://dev/a/prod.csv"),
    ("s3://b/klamath/in.csv", ("fileLocation", "/klamath/", "/klondike/"), "s3://b/klondike/in.csv"),
    ("s3://b/Klamath/in.csv", ("fileLocation", "klamath", "klondike"), "s3://b/Klamath/in.csv"),
    ("s3://b/in-2019/a.csv", ("fileLocation", "/in-([0-9]+)/", "$1/in"), "s3://b/2019/in/a.csv"),
    ("s3://b/a.b.csv", ("fileLocation", "a.b", "$1"), "s3://b/$1.csv"),
    ("hdfs://dev:8020/a.csv", ("host", "dev", "prod"), "hdfs://prod:8020/a.csv"),
    ("hdfs://dev:8020/a.csv", ("host", "dev:8020", "prod:9000"), "hdfs://prod:9000/a.csv"),
    ("sftp://joe@dev/a.csv", ("host", "dev", "prod"), "sftp://joe@prod/a.csv"),
    ("sftp://joe@dev/a.csv", ("userinfo", "joe", "svc"), "sftp://svc@dev/a.csv"),
    ("s3://dev/a.csv", ("host", "dev", "prod"), "s3://dev/a.csv"),
]  # fmt: skip


@pytest.mark.parametrize(("uri", "rule", "expected"), URIS)
def test_addresses(uri, rule, expected):
    assert read_from(uri, rule) == expected
    assert written_to(uri, rule) == expected


def test_an_output_may_be_a_bare_path():
    assert written_to("/trifacta/queryResults/dev/a", ("fileLocation", "/dev/", "prod")) == (
        "/trifacta/queryResults/prod/a"
    )


def test_rules_run_in_order_each_on_the_result_of_the_last():
    rules = [("fileLocation", "/klamath/", "/klondike/"), ("fileLocation", "klondike", "yukon")]
    assert read_from("s3://b/klamath/a.csv", *rules) == "s3://b/yukon/a.csv"
    assert read_from("s3://b/klamath/a.csv", *reversed(rules)) == "s3://b/klondike/a.csv"


def test_every_part_of_a_dataset_that_names_the_place():
    facts = {"template": "/dev/.csv", "parameters": (region((5, 0)),)}
    facts["document"] = {"bucket": "wrangle-dev", "dynamicBucket": "wrangle-dev"}
    made, _, _ = after(
        package(of=source("s3://wrangle-dev/dev/01.csv", **facts)),
        ("s3Bucket", "wrangle-dev", "wrangle-prod"),
        ("fileLocation", "//dev//", "/production/"),
    )
    assert (made.uri, made.path) == ("s3://wrangle-prod/production/01.csv", "/production/01.csv")
    assert made.document == {"bucket": "wrangle-prod", "dynamicBucket": "wrangle-prod"}
    assert (made.template, made.parameters) == ("/production/.csv", (region((12, 0)),))
    assert made.location == "/production/01.csv"


def test_parameters_of_path_and_bucket_stay_apart():
    both = (region((2, 0), kind="bucket", name="stage"), region((5, 0)))
    facts = {"template": "/dev/.csv", "parameters": both, "document": {"dynamicBucket": "in-dev"}}
    made, _, _ = after(package(of=source("s3://in-dev/dev/1.csv", **facts)), ("s3Bucket", "/-dev/", "-production"))
    assert made.document["dynamicBucket"] == "in-production"
    assert made.parameters == both
    made, _, _ = after(package(of=source("s3://in-dev/dev/1.csv", **facts)), ("fileLocation", "/dev/", "d"))
    assert made.parameters == (both[0], region((3, 0)))


def test_tables():
    table = Publication(("dev", "sales"), "orders_", "create", "postgres", None, (region((7, 0)),))
    rules = [("dbPath", "dev", "prod"), ("dbTableName", "/^orders/", "all_orders")]
    _, output, changes = after(package(tables=[table]), *rules)
    (made,) = output.tables
    assert (made.path, made.table, made.parameters) == (("prod", "sales"), "all_orders_", (region((11, 0)),))
    assert [(one.before, one.after) for one in changes] == [("dev.sales", "prod.sales"), ("orders_", "all_orders_")]
    read = source(schema=("dev",), table="orders")
    assert after(package(of=read), ("dbPath", "dev", "prod"), ("dbTableName", "orders", "sales"))[0].location == (
        "prod.sales"
    )


def test_text_of_sql_stays():
    read = source(query=("SELECT * FROM dev.orders",), document={})
    rules = [(kind, "/dev/", "prod") for kind in ("fileLocation", "s3Bucket", "dbPath", "dbTableName")]
    assert after(package(of=read), *rules)[0] == read


def test_changes_say_what_was_and_what_is():
    original = package(of=source("s3://dev/in/a.csv"), files=[WriteSetting("s3://dev/out", "csv", "create")])
    _, _, changes = after(original, ("s3Bucket", "dev", "prod"), ("fileLocation", "nowhere", "x"))
    assert [(one.type, one.before, one.after, one.kind, one.id, one.name) for one in changes] == [
        ("s3Bucket", "s3://dev/in/a.csv", "s3://prod/in/a.csv", "datasources", 9, "orders"),
        ("s3Bucket", "s3://dev/out", "s3://prod/out", "outputobjects", 4, "orders"),
    ]


MARKED = [
    ("/dev/.csv", [(5, 0)], "dev", "production", "/production/.csv", [(12, 0)]),
    ("/dev/.csv", [(0, 0), (9, 0)], "dev", "p", "/p/.csv", [(0, 0), (7, 0)]),
    ("/ab", [(1, 1), (1, 0)], "/", "//", "//ab", [(2, 1), (2, 0)]),
    ("/dev", [(2, 0)], "dev", "prod", "/dev", [(2, 0)]),
    ("", [(0, 0)], "x", "y", "", [(0, 0)]),
]


@pytest.mark.parametrize(("template", "places", "old", "new", "expected", "then"), MARKED)
def test_places_of_parameters_move_along(template, places, old, new, expected, then):
    made, (parameter,) = changed(template, (region(*places),), lambda text: text.replace(old, new))
    assert (made, parameter.insertions) == (expected, tuple(then))


def test_a_pattern_may_carry_a_parameter_along():
    read = source("s3://b/dev/1/all.csv", template="/dev//all.csv", parameters=(region((5, 0)),))
    made, _, _ = after(package(of=read), ("fileLocation", "/^.dev.(.*).all/", "/all/$1/prod"))
    assert (made.template, made.parameters[0].insertions) == ("/all//prod.csv", ((5, 0),))


@pytest.mark.parametrize(
    ("on", "with_", "words"), [("/dev.*/", "prod", "has no place"), ("/dev.(.*)$/", "$1$1", "has two places")]
)
def test_no_parameter_is_lost(on, with_, words):
    read = source("s3://b/dev/1.csv", template="/dev/.csv", parameters=(region((5, 0)),))
    with pytest.raises(RecipeError, match=f"parameter 'region' {words} when an import rule has changed '/dev/.csv'"):
        after(package(of=read), ("fileLocation", on, with_))


def test_rules_do_not_blow_a_path_up():
    with pytest.raises(RecipeError, match="longer than 2048 characters"):
        read_from("s3://b/a", *[("fileLocation", "a", "aa")] * 1000)


@pytest.mark.parametrize(
    ("type_", "on", "words"),
    [
        ("bucket", "a", "type: invalid value 'bucket', valid values are s3Bucket, fileLocation, host"),
        ("host", "", "on: expected a text"),
        ("host", "/(/", "'(' is not closed"),
        ("host", "`{nope}`", "nope"),
        ("host", "/(?=a)b/", "not supported: look-around"),
    ],
)
def test_what_is_no_rule(type_, on, words):
    with pytest.raises(RecipeError) as error:
        check_rule(ValueRule(type_, on, ""))
    assert words in str(error.value)


PLACES = [
    ("adl://host:443/out/.csv", {"path": ((5, 0),)}, "adl://host:443/out/01.csv"),
    ("/out/.csv", {"path": ((5, 0),)}, "/out/01.csv"),
    ("hdfs:///.csv", {"path": ((1, 0),)}, "hdfs:///01.csv"),
    ("s3://out-/x", {"bucket": ((4, 0),), "path": ((1, 1), (2, 0))}, "s3://out-01/01x01"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "places", "expected"), PLACES)
def test_places_in_an_address_count_from_its_path(address, places, expected):
    """As real packages have them: index 44 in a path of 48 characters behind a host (release 6.8)."""
    own = [place for kind, given in places.items() for place in in_text(address, kind, given)]
    assert filled_in(address, (region(*own),)) == expected
    assert in_package(address, own) == places
