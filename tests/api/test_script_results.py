"""`/v4/scriptResults`: downloads."""

from __future__ import annotations

import io
import zipfile

import pytest

from gristmill.model.job_tables import JobGroup, ScriptResult

from .asserts import assert_v4_error


@pytest.fixture
def written(server, settings, group):
    """Makes a result of the run out of files: one, or the parts of a directory."""

    def write(files: dict[str, bytes], **facts) -> int:
        uris = []
        for name, content in files.items():
            (settings.data / name).write_bytes(content)
            uris.append(f"file://{settings.data}/{name}")
        parts = {} if len(uris) == 1 else {"parts": uris, "uri": f"file://{settings.data}"}
        row = {"name": "out.csv", "format": "csv", "uri": uris[0], "job_group_id": group, **parts, **facts}
        with server.sessions.write() as session:
            result = ScriptResult(**row)
            session.add(result)
            session.flush()
            session.get(JobGroup, group).jobs[1].script_result_id = result.id
            return result.id

    return write


def _download(client, result: int):
    return client.get(f"/v4/scriptResults/{result}/download", headers={"Accept": "text/csv"})


def test_a_file_comes_as_it_was_written(joe, written):
    answer = _download(joe, written({"a.csv": b"id\r\n1"}))
    assert (answer.content, answer.headers["content-type"]) == (b"id\r\n1", "text/csv; charset=utf-8")
    assert answer.headers["content-length"] == "5"
    assert answer.headers["content-disposition"] == "attachment; filename=\"out.csv\"; filename*=UTF-8''out.csv"


@pytest.mark.parametrize(
    ("facts", "media_type"),
    [
        ({"format": "json"}, "application/json"),
        ({"format": "pqt"}, "application/octet-stream"),
        ({"compression": "gzip"}, "application/octet-stream"),
    ],
)
def test_media_types(joe, written, facts, media_type):
    answer = _download(joe, written({"a": b"x"}, **facts))
    assert (answer.content, answer.headers["content-type"]) == (b"x", media_type)


def test_odd_names_stay_inside_the_header(joe, written):
    answer = _download(joe, written({"a.csv": b"x"}, name='é"\r\nX: y.csv'))
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="____X: y.csv"')
    assert "x: y" not in answer.headers


def test_parts_of_csv_share_one_header(joe, written):
    parts = {"p0": b'"a\nb",c\n1,2\n', "p1": b'"a\nb",c\n3,4\n', "p2": b'"a\nb",c\n'}
    answer = _download(joe, written(parts))
    assert answer.content == b'"a\nb",c\n1,2\n3,4\n'


def test_other_parts_come_as_zip(joe, written):
    answer = _download(joe, written({"p0": b"x", "p1": b"y"}, format="pqt"))
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert {name: archive.read(name) for name in archive.namelist()} == {"p0": b"x", "p1": b"y"}
    assert answer.headers["content-type"] == "application/zip"


def test_a_file_that_is_gone_is_not_found(joe, written, settings):
    result = written({"a.csv": b"x"})
    (settings.data / "a.csv").unlink()
    assert_v4_error(_download(joe, result), 404, "NotFoundException", "is not there any more")


def test_the_object(joe, written, settings, group):
    result = written({"a.csv": b"x"}, row_count=3)
    found = joe.get(f"/v4/scriptResults/{result}").json()
    place = found["storageLocation"]
    assert (found["rowCount"], place["fullUri"]) == (3, f"file://{settings.data}/a.csv")
    assert (place["type"], place["path"], place["container"]) == ("file", f"{settings.data}/a.csv", None)
    jobs = joe.get(f"/v4/jobGroups/{group}?embed=jobs.scriptResults.storageLocation").json()["jobs"]["data"]
    assert [[item["id"] for item in job["scriptResults"]["data"]] for job in jobs] == [[], [result]]


def test_somebody_elses_result_is_refused(admin, joe, written, server):
    result = written({"a.csv": b"x"})
    with server.sessions.write() as session:
        group = session.get(JobGroup, session.get(ScriptResult, result).job_group_id)
        group.creator_id = group.flow_node.flow.creator_id = 1
    assert_v4_error(_download(joe, result), 403, "AccessControlException")
    assert _download(admin, result).status_code == 200
