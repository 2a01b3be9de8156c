"""The text of a file, line by line: its encoding is recognised by its mark or named, and it is read only once."""

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sendtrail.errors import SettingsError

CHUNK_SIZE = 1 << 16
MAX_LINE = 1_000_000
_LINE_END = re.compile(r"\r\n|[\r\n]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What people take for CSV, by how it begins.
_OTHERS = (
    (b"PK\x03\x04", "a workbook or an archive: open it, and save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook: open it, and save the sheet as CSV"),
    (b"\x1f\x8b", "compressed: unpack it first"),
    (b"%PDF", "a PDF: export the orders as CSV instead"),
    (b"<", "a web page or XML: export the orders as CSV instead"),
    (b"{", "JSON: export the orders as CSV instead"),
)


@contextmanager
def open_lines(path: Path, encoding: str) -> Iterator[Iterator[str]]:
    """Open a file and yield its lines, with their ends; raise SettingsError where it cannot be read as text."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise SettingsError([f"{path} cannot be read: {error.strerror}"]) from None
    with file:
        yield _lines(_decoded(file, path, encoding))


def _decoded(file: BinaryIO, path: Path, encoding: str) -> Iterator[str]:
    """Yield the text of a file in parts."""
    data = file.read(CHUNK_SIZE)
    _check_kind(data, path)
    name = next((name for mark, name in _MARKS if data.startswith(mark)), encoding)
    if name == encoding and b"\0" in data and "16" not in name and "32" not in name:
        raise SettingsError([f"{path} is not {name}: if a spreadsheet wrote it as Unicode, say --encoding utf-16-le"])
    decoder, line = _decoder(name), 1
    while data:
        following = file.read(CHUNK_SIZE)
        try:
            text = decoder.decode(data, not following)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].decode(error.encoding, errors="ignore").count("\n")
            raise SettingsError(
                [f"line {line}: this is not {name}: save it as UTF-8, or name its encoding with --encoding cp1252"]
            ) from None
        line += text.count("\n")
        yield text
        data = following


def _check_kind(data: bytes, path: Path) -> None:
    begins = data.lstrip()
    for mark, what in _OTHERS:
        if begins.startswith(mark):
            raise SettingsError([f"{path} is {what}"])


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    try:
        "a".encode(encoding)  # refuses what encodes no text, such as base64
        return codecs.getincrementaldecoder(encoding)()
    except (LookupError, ValueError):
        raise SettingsError([f"--encoding: there is no encoding {encoding}; examples are cp1252 and utf-16"]) from None


def _lines(parts: Iterator[str]) -> Iterator[str]:
    rest = ""
    for part in parts:
        rest += part
        end = 0
        # A line feed may follow the carriage return that ends a part.
        for found in _LINE_END.finditer(rest, 0, len(rest) - rest.endswith("\r")):
            yield rest[end : found.end()]
            end = found.end()
        rest = rest[end:]
        if len(rest) > MAX_LINE:
            raise SettingsError([f"a line has more than {MAX_LINE:,} characters: this is not CSV"])
    if rest:
        yield rest
