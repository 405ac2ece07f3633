"""Package files are packed here, and opened with bounds: nothing is unpacked to disk, nothing very large is read."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from gristmill.problems import Problem, RecipeError

LARGEST_FILE = 64 * 2**20  # bytes of the zip
LARGEST_CONTENT = 256 * 2**20  # bytes of all that is in it
MOST_ENTRIES = 1000
HIGHEST_RATIO = 300  # of an entry, unless it is small
SMALL = 2**20
ARTIFACT = re.compile(r"artifact_(\d+)\.data")


@dataclass(frozen=True, slots=True)
class PackageFile:
    """The text of a package's document, and its data files by storage id."""

    document: str
    artifacts: Mapping[int, bytes]


def open_package(content: bytes) -> PackageFile:
    """A package from the bytes of its zip, or of its bare document. Raises RecipeError that says what is wrong."""
    if len(content) > LARGEST_FILE:
        raise _error(f"the file is larger than {LARGEST_FILE // 2**20} MB")
    if not content.startswith(b"PK"):
        return PackageFile(_text(content), {})
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            return _opened(archive)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise _error(f"the zip file is damaged: {error}") from None


def pack(name: str, document: str, artifacts: Mapping[int, str]) -> bytes:
    """The zip of a package; the same content gives the same bytes."""
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for entry, text in {
            name: document,
            **{f"artifact_{key}.data": text for key, text in artifacts.items()},
        }.items():
            archive.writestr(ZipInfo(entry), text, ZIP_DEFLATED)
    return content.getvalue()


def _opened(archive: ZipFile) -> PackageFile:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    _refuse(entries)
    documents = [entry for entry in entries if _is_document(PurePosixPath(entry.filename))]
    if len(documents) != 1:
        raise _error(f"expected one .json document in the zip, found {len(documents)}")
    artifacts = {}
    for entry in entries:
        match = ARTIFACT.fullmatch(PurePosixPath(entry.filename).name)
        if match:
            artifacts[int(match[1])] = _content(archive, entry)
    return PackageFile(_text(_content(archive, documents[0])), artifacts)


def _is_document(path: PurePosixPath) -> bool:
    """The package's document, not the notes that a Mac leaves beside it."""
    return path.suffix in (".json", ".json5") and "__MACOSX" not in path.parts and not path.name.startswith("._")


def _refuse(entries: list[ZipInfo]) -> None:
    """What no package needs: very many or very large entries, names that lead out of a folder, passwords."""
    if len(entries) > MOST_ENTRIES:
        raise _error(f"the zip holds more than {MOST_ENTRIES} files")
    if sum(entry.file_size for entry in entries) > LARGEST_CONTENT:
        raise _error(f"the zip holds more than {LARGEST_CONTENT // 2**20} MB")
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            raise _error(f"the zip holds a file with the path '{entry.filename[:80]}'")
        if entry.flag_bits & 1:
            raise _error("the zip has a password")
        if entry.file_size > max(SMALL, HIGHEST_RATIO * entry.compress_size):
            raise _error(f"'{entry.filename[:80]}' is packed more tightly than a package can be")


def _content(archive: ZipFile, entry: ZipInfo) -> bytes:
    """An entry's bytes, no more than it has announced."""
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) > entry.file_size:
        raise _error(f"'{entry.filename[:80]}' is larger than the zip says")
    return content


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _error(f"the document is not UTF-8 at byte {error.start}") from None


def _error(message: str) -> RecipeError:
    return RecipeError(Problem("package", message))
