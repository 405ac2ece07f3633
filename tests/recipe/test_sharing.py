"""Which recipes of a flow run are computed once for several outputs, and by which of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gristmill.recipe.job import Job, Limits, RecipeText, Source, SourceColumn
from gristmill.recipe.sharing import Party, plan_sharing, recipe_keys, sources_of
from gristmill.types.logical import STRING

STEP = "sort order: a"


def chain(**recipes: str) -> Party:
    """A job of recipes by name, each with what it reads: `x="A,other"`, capitals are datasets."""
    read = [name for text in recipes.values() for name in text.split(",")]
    sources = list(dict.fromkeys(name for name in read if name.isupper()))
    places = {name: f"source:{at}" for at, name in enumerate(sources)}
    places |= {name: f"recipe:{at}" for at, name in enumerate(recipes)}
    texts = []
    for name, text in recipes.items():
        main, *more = text.split(",")
        texts.append(
            RecipeText(name, "" if name.startswith("bare") else STEP, places[main], {o: places[o] for o in more})
        )
    columns = (SourceColumn("a", STRING),)
    return Party(Job(tuple(Source(name, {"files": [f"/{name}"]}, columns) for name in sources), tuple(texts)), {})


def plan(*parties: Party) -> list[str]:
    """What each job makes (`+`) and takes (`-`), by name of the recipe."""
    return [
        " ".join(("+" if item.makes else "-") + party.job.recipes[item.recipe].name for item in items)
        for party, items in zip(parties, plan_sharing(parties), strict=True)
    ]


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        ([chain(a="S", b="a")], [""]),
        ([chain(a="S"), chain(b="S")], ["", ""]),
        ([chain(a="S", b="a"), chain(a="S", c="a")], ["+a", "-a"]),
        ([chain(a="S"), chain(a="S", b="a"), chain(a="S", c="a")], ["+a", "-a", "-a"]),
        # of a line of shared recipes the last one
        ([chain(a="S", b="a", c="b"), chain(a="S", b="a", d="b")], ["+b", "-b"]),
        # the one before as well, where somebody else needs it
        ([chain(a="S", b="a", c="b"), chain(a="S", b="a", d="b"), chain(a="S", e="a")], ["+a +b", "-b", "-a"]),
        ([chain(a="S", e="a"), chain(a="S", b="a", c="b"), chain(a="S", b="a", d="b")], ["+a", "-a +b", "-b"]),
        # every output of a line stands on the one before
        ([chain(a="S"), chain(a="S", b="a"), chain(a="S", b="a", c="b")], ["+a", "-a +b", "-b"]),
        # recipes without steps cost nothing
        ([chain(bare="S", b="bare"), chain(bare="S", c="bare")], ["", ""]),
        ([chain(a="S", bare="a", c="bare"), chain(a="S", bare="a", d="bare")], ["+a", "-a"]),
        # another order of sources is the same recipe
        ([chain(x="T,S", a="S,T", b="a,x"), chain(a="S,T", c="a")], ["+a", "-a"]),
        # both sides of a join
        ([chain(a="S", b="T", c="a,b"), chain(a="S", b="T", d="b,a")], ["+a +b", "-a -b"]),
        # one that stands twice in a chain is one
        ([chain(a="S", b="a", c="a", d="b,c")], [""]),
    ],
)
def test_who_computes_what(jobs: list[Party], expected: list[str]) -> None:
    assert plan(*jobs) == expected


A = chain(a="S", b="a")


def changed(**what: object) -> Party:
    return replace(A, job=replace(A.job, **what))


def with_source(**what: object) -> Party:
    return changed(sources=(replace(A.job.sources[0], **what),))


def with_text(text: str, **what: object) -> Party:
    return changed(recipes=(replace(A.job.recipes[0], text=text), A.job.recipes[1]), **what)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (A, A, True),
        (A, changed(limits=Limits(memory_bytes=1, threads=3, scratch="/x")), True),
        (A, changed(parameters={"unread": "1"}), True),
        (A, with_source(reading={"files": ["/other"]}), False),
        (A, with_source(columns=None), False),
        (A, replace(A, marks={0: {"table": "t"}}), False),
        (A, with_text("sort order: -a"), False),
        (A, changed(reference_date="2024-01-01T00:00:00Z"), False),
        (A, changed(seed=1), False),
        (A, changed(ignore_recipe_errors=True), False),
        (A, changed(limits=Limits(max_columns=3)), False),
        (with_text("drop col: $x", parameters={"x": "a"}), with_text("drop col: $x", parameters={"x": "b"}), False),
    ],
)
def test_what_makes_a_recipe_another(one: Party, other: Party, is_same: bool) -> None:
    assert (recipe_keys(one)[0] == recipe_keys(other)[0]) == is_same


def test_who_reads_a_file_without_names_does_not_share() -> None:
    naming = chain(a="S", b="S")
    naming = replace(naming, job=replace(naming.job, recipes=(naming.job.recipes[0], _named(naming.job.recipes[1]))))
    assert recipe_keys(naming)[0] != recipe_keys(A)[0]


def _named(recipe: RecipeText) -> RecipeText:
    return replace(recipe, text="header sourcerownumber: 1")


def test_sources_of_a_recipe_come_in_one_order() -> None:
    for party, recipe in ((chain(a="S,T"), 0), (chain(x="T,S", a="S,T", b="a,x"), 1)):
        job = party.job
        assert [job.sources[place].name for place in sources_of(job, recipe)] == ["S", "T"]
