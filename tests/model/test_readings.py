"""What structure detection found is kept while the file stays as it is."""

from __future__ import annotations

import pytest

from gristmill.model.datasets import NewDataset, Place, create_dataset
from gristmill.model.readings import file_key, reading_of, remember_reading
from gristmill.recipe.job import SourceColumn
from gristmill.types.logical import DATETIME, INTEGER, LogicalType

COLUMNS = (
    SourceColumn("a", INTEGER),
    SourceColumn("b", LogicalType(DATETIME.name, "yy-mm-dd", "yyyy*mm*dd")),
)
READING = {"files": ["x"], "format": "csv", "options": {"header": True}}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("a,b\n")
    return path


def test_columns_are_known_until_the_file_changes(sessions, settings, joe, file):
    with sessions.write() as session:
        new = NewDataset(name="in", place=Place(uri=f"file://{file}"))
        dataset = create_dataset(session, settings, joe, new)
        assert reading_of(settings, dataset, dataset.uri)[1] is None
        remember_reading(dataset, file_key(settings, dataset.uri), (READING, COLUMNS))
        session.flush()
        session.expire(dataset)
        assert reading_of(settings, dataset, dataset.uri) == (READING, COLUMNS)
        file.write_text("a,b,c\n")
        assert reading_of(settings, dataset, dataset.uri)[1] is None
        assert reading_of(settings, dataset, "file:///elsewhere.csv")[1] is None
