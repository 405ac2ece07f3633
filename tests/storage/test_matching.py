"""Which files a path with patterns stands for (platform 1.2)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gristmill.problems import RecipeError
from gristmill.settings import Settings
from gristmill.storage.listing import chosen_files
from gristmill.storage.matching import Dated, PathPattern, Text, expression, path_pattern, pattern, wildcard
from gristmill.types.date_ranges import date_range

FILES = ["a-1.csv", "a-10.csv", "a-2.csv", "A-3.csv", "b.csv", ".a-4.csv", "_a-5.csv", "x/a-6.csv", "x/y/a-7.csv",
         "x/_tmp/a-8.csv", "a+b.csv", "2026/01/09/a.csv", "2026/01/10/a.csv", "2026/02/30/a.csv"]  # fmt: skip
DAY_FOLDER = Dated(
    date_range(
        {"formats": ["yyyy/MM/dd"], "inTheLast": {"number": 1, "unit": "day"}},
        datetime(2026, 1, 10, 12, tzinfo=UTC),
        "UTC",
    )
)


@pytest.mark.parametrize(
    ("parts", "nested", "chosen"),
    [
        (["a-", wildcard(nested=False), ".csv"], False, ["a-1.csv", "a-10.csv", "a-2.csv"]),
        (
            [wildcard(nested=True), "a-", wildcard(nested=True), ".csv"],
            True,
            ["a-1.csv", "a-10.csv", "a-2.csv", "x/a-6.csv", "x/y/a-7.csv"],
        ),
        ([expression(r"a-\d"), ".csv"], False, ["a-1.csv", "a-2.csv"]),
        ([expression(".*a-[67]"), ".csv"], False, []),
        ([expression(".*a-[67]"), ".csv"], True, ["x/a-6.csv", "x/y/a-7.csv"]),
        (["x/", wildcard(nested=False)], False, ["x/a-6.csv"]),
        ([pattern("{alpha}-{digit}{2}"), ".csv"], False, ["a-10.csv"]),
        (["a", expression(r"\+"), "b.csv"], False, ["a+b.csv"]),
        ([DAY_FOLDER, "/a.csv"], False, ["2026/01/10/a.csv"]),
    ],
    ids=["wildcard", "nested", "regex", "regex not nested", "regex nested", "folder", "pattern", "escaped", "dates"],
)
def test_files_that_fit(tmp_path, parts, nested, chosen):
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    texts = [Text(part) if isinstance(part, str) else part for part in parts]
    found = path_pattern([Text(f"file://{tmp_path}/"), *texts], nested=nested)
    assert isinstance(found, PathPattern)
    again = PathPattern.from_json(found.as_json())
    assert chosen_files(Settings(home=tmp_path, storage_file_roots=(tmp_path,)), again) == [
        f"file://{tmp_path}/{name}" for name in chosen
    ]


def test_only_the_certain_folder_is_listed():
    found = path_pattern([Text("s3://b/in/2026/day-"), wildcard(nested=False), Text("/x.csv")])
    assert isinstance(found, PathPattern)
    assert (found.folder, found.depth, found.shown) == ("s3://b/in/2026/", 2, "s3://b/in/2026/day-*/x.csv")


def test_a_certain_path_is_no_pattern():
    assert path_pattern([Text("s3://b/"), Text("a*.csv")]) == "s3://b/a*.csv"


@pytest.mark.parametrize(
    ("make", "source", "words"),
    [
        (expression, "(?<=a)b", "no look-around"),
        (expression, r"(a)\1", "no back-references"),
        (expression, "(", "regular expression"),
        (pattern, "{nope}", "unknown pattern token"),
    ],
)
def test_bad_expressions(make, source, words):
    with pytest.raises(RecipeError) as raised:
        make(source)
    assert words in str(raised.value)
