"""Our own small packages, one of each dialect, and zips of them."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from gristmill.recipe.packages.flow import Package
from gristmill.recipe.packages.reading import read_package
from gristmill.recipe.packages.recipes import FlowRecipe, flow_recipes
from gristmill.storage.packages import open_package

FLOWS = Path(__file__).parents[1] / "packages" / "flows"
VALUES = b'{"input":"Lyons","output":"Lyon"}\n{"input":"N\\"Y","output":"New York"}\n\n'


def zipped(**files: bytes) -> bytes:
    """A zip; `flow__json` is written as flow.json."""
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return content.getvalue()


def package_zip(name: str) -> bytes:
    """The zip of one of our packages, with the one data file that `nested` has."""
    return zipped(flow__json=(FLOWS / name).read_bytes(), artifact_301__data=VALUES)


def opened(content: bytes) -> Package:
    file = open_package(content)
    return read_package(file.document, file.artifacts)


def recipes_of(package: Package) -> dict[str, FlowRecipe]:
    """The recipes of a package's only flow, by name."""
    (flow,) = package.flows
    return {recipe.node.name: recipe for recipe in flow_recipes(package, flow)}
