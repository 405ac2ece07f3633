"""How far the cells of a sheet reach that its workbook has written down, filled or not (transforms 8.4).

Readers of workbooks leave out cells without a value; the product counts them: behind a sheet whose empty cells at the
right have borders or a fill, recipes name columns for these.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from posixpath import join, normpath
from xml.etree import ElementTree

BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s[^>]*?\bref="[A-Z]+\d+:([A-Z]+)\d+"')
CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})\d+"')
# a row formatted as a whole is written to the end of the sheet, of which there are three
ENDS_OF_SHEETS = (256, 1024, 16384)
PIECE = 1 << 20
MOST_OF_A_TAG = 1 << 10


def written_columns(path: Path, sheet: str) -> int:
    """The column of the last written cell of a sheet, from 1; 0 where the file does not say.

    Old workbooks (`.xls`) do not say; neither do sheets that no dimension stands before.
    """
    if not zipfile.is_zipfile(path):
        return 0
    with zipfile.ZipFile(path) as archive:
        member = _members(archive).get(sheet)
        if member is None or member not in archive.namelist():
            return 0
        with archive.open(member) as content:
            pieces = iter(lambda: content.read(PIECE), b"")
            first = next(pieces, b"")
            if (found := DIMENSION.search(first)) is None:
                return 0
            claimed, last = _column(found[1]), 0
            for names in _cells(first, pieces):
                last = max([last, *map(_column, names)])
                if last >= claimed:
                    break
    return 0 if last in ENDS_OF_SHEETS else last


def _cells(piece: bytes, pieces: Iterator[bytes]) -> Iterator[set[bytes]]:
    """The letters of the columns that occur, piece by piece; a tag may lie across two."""
    yield set(CELL.findall(piece))
    for following in pieces:
        piece = piece[-MOST_OF_A_TAG:] + following
        yield set(CELL.findall(piece))


def _members(archive: zipfile.ZipFile) -> dict[str, str]:
    """The name of each sheet, and the member of the archive that holds its cells."""
    try:
        book, relations = (ElementTree.fromstring(archive.read(name)) for name in (BOOK, RELATIONS))
    except (KeyError, ElementTree.ParseError):
        return {}
    targets = {item.get("Id"): normpath(join("/xl", item.get("Target", ""))).lstrip("/") for item in relations}
    sheets = ((item.get("name"), item.get(RELATION) or item.get(STRICT_RELATION)) for item in book.iter())
    return {name: targets[key] for name, key in sheets if name is not None and key in targets}


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
