"""List what was handed in: a folder or a zip of a class, read as data, nothing unpacked to disk.

Links are not followed, every read is bounded, and names inside an archive are only labels, so an
archive can neither write outside a folder nor fill one. What cannot be read becomes a sentence.
"""

from __future__ import annotations

import io
import lzma
import os
import stat
import struct
import zipfile
import zlib
from calendar import timegm
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO

CODE = (".ipynb", ".py")
MAX_FILE_BYTES = 5 * 2**20
MAX_ARCHIVE_BYTES = 50 * 2**20
MAX_CLASS_BYTES = 20 * 2**30
MAX_EACH_BYTES = 40 * 2**20
MAX_ENTRIES = 200_000
MAX_DEPTH = 12
DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,  # encrypted, or (NotImplementedError) an unknown compression
    ValueError,
)
Read = Callable[[], bytes]


class UnreadableError(ValueError):
    """The entry cannot be read; the message completes "this file ..."."""


@dataclass(frozen=True)
class Entry:
    """Something that was handed in: a file, or with `folder` true a learner's folder as such.

    `refused` says why it is not read, and completes "this file ..."; it is empty for most.
    """

    parts: tuple[str, ...]
    modified: float
    read: Read
    folder: bool = False
    refused: str = ""

    @property
    def suffix(self) -> str:
        """Lower case, with its dot."""
        return PurePosixPath(self.parts[-1]).suffix.lower()


def entries(source: Path, *, leave_out: Path | None = None) -> list[Entry]:
    """Everything in a folder or a zip of a class; a learner's own zip counts as a folder.

    Parameters
    ----------
    source : Path
    leave_out : Path, optional
        A folder that is not a submission, such as the one results are written to.
    """
    if source.is_dir():
        out = leave_out.stat() if leave_out is not None and leave_out.exists() else None
        found = list(_walk(source, (), (out.st_dev, out.st_ino) if out else None))
    elif source.is_file() and source.suffix.lower() == ".zip":
        try:
            found = _members(source, (), MAX_CLASS_BYTES)
        except UnreadableError as error:
            raise ValueError(f"{source} {error}; give the submissions of a class") from None
        if {entry.parts[0] for entry in found} == {source.stem}:
            found = [replace(e, parts=e.parts[1:]) for e in found if len(e.parts) > 1]
    else:
        raise ValueError(
            f"{source} is neither a folder nor a .zip; give the submissions of a class"
        )
    return [inner for entry in found for inner in _opened(entry)]


def _opened(entry: Entry) -> list[Entry]:
    """What is in a learner's archive; any other entry as it is."""
    if entry.suffix != ".zip" or entry.folder or entry.refused:
        return [entry]
    learner = entry.parts if len(entry.parts) > 1 else (PurePosixPath(entry.parts[0]).stem,)
    try:
        return _members(io.BytesIO(entry.read()), learner, MAX_ARCHIVE_BYTES)
    except UnreadableError as error:
        return [_refused(entry.parts, str(error))]


def _walk(
    folder: Path, parts: tuple[str, ...], leave_out: tuple[int, int] | None
) -> Iterator[Entry]:
    if len(parts) > MAX_DEPTH:
        yield _refused(parts, "lies too many folders deep")
        return
    try:
        listed = sorted(os.scandir(folder), key=lambda item: item.name)
    except OSError as error:
        yield _refused(parts or (folder.name,), f"cannot be opened ({error.strerror})")
        return
    for item in listed:
        path, here = Path(item.path), (*parts, item.name)
        if _hidden(item.name):
            continue
        try:
            status = item.stat(follow_symlinks=False)
        except OSError:
            continue
        if (status.st_dev, status.st_ino) == leave_out:
            continue
        code = PurePosixPath(item.name).suffix.lower() in (*CODE, ".zip")
        if stat.S_ISDIR(status.st_mode) and not code:
            if not parts:
                yield Entry(here, status.st_mtime, bytes, folder=True)
            yield from _walk(path, here, leave_out)
        elif stat.S_ISREG(status.st_mode):
            yield Entry(here, status.st_mtime, _reader(path))
        elif code or not parts:
            kind = "a link" if stat.S_ISLNK(status.st_mode) else "a folder or a device"
            yield _refused(here, f"is {kind}, not a file", status.st_mtime)


def _reader(path: Path) -> Read:
    limit = MAX_ARCHIVE_BYTES if path.suffix.lower() == ".zip" else MAX_FILE_BYTES

    def read() -> bytes:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise UnreadableError("is not a file")
                return _bounded(file, limit)
        except OSError as error:
            raise UnreadableError(f"cannot be opened ({error.strerror})") from None

    return read


def _members(file: Path | IO[bytes], parts: tuple[str, ...], most: int) -> list[Entry]:
    """The entries of an archive, which unpack to `most` bytes at most."""
    try:
        archive = zipfile.ZipFile(file)
        infos = archive.infolist()
    except DAMAGED:
        raise UnreadableError("is not a zip archive, or a damaged one") from None
    if len(infos) > MAX_ENTRIES or sum(info.file_size for info in infos) > most:
        raise UnreadableError("is an archive that unpacks to too much")
    found = []
    for info in infos:
        listed = info.filename.replace("\\", "/").rstrip("/").split("/")
        inner = tuple(part for part in listed if part not in {"", ".", ".."})
        if not inner or any(_hidden(part) for part in inner):
            continue
        here, when = (*parts, *inner), float(timegm((*info.date_time, 0, 0, 0)))
        mode = info.external_attr >> 16
        if ".." in listed or not listed[0] or listed[0].endswith(":"):
            found.append(_refused((*parts, inner[-1]), "points outside its archive", when))
        elif mode and stat.S_ISLNK(mode):
            found.append(_refused(here, "is a link, not a file", when))
        elif not info.is_dir():
            found.append(Entry(here, when, _member(archive, info)))
        elif len(here) == 1:
            found.append(Entry(here, when, bytes, folder=True))
    return found


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Read:
    nested = info.filename.lower().endswith(".zip")
    limit = MAX_ARCHIVE_BYTES if nested else MAX_FILE_BYTES

    def read() -> bytes:
        if info.file_size > limit:
            raise UnreadableError(_too_large(limit))
        try:
            with archive.open(info) as file:
                return _bounded(file, limit)
        except UnreadableError:
            raise
        except DAMAGED:
            raise UnreadableError("is damaged or locked inside its archive") from None

    return read


def _bounded(file: IO[bytes], limit: int) -> bytes:
    raw = file.read(limit + 1)
    if len(raw) > limit:
        raise UnreadableError(_too_large(limit))
    return raw


def _too_large(limit: int) -> str:
    return f"is larger than {limit // 2**20} MB; clear the outputs and hand it in again"


def _refused(parts: tuple[str, ...], reason: str, modified: float = 0.0) -> Entry:
    return Entry(parts, modified, bytes, refused=reason)


def _hidden(name: str) -> bool:
    return name.startswith(".") or name in {"__MACOSX", "__pycache__", "__init__.py"}
