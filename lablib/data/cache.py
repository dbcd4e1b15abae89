"""A folder of verified archives: a file is there under its name only when it is whole."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable
from pathlib import Path

from lablib.data.errors import DataError


def cache_folder() -> Path:
    """Where archives are kept: `LABLIB_CACHE` if set, else the user's cache folder."""
    if chosen := os.environ.get("LABLIB_CACHE"):
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("lablib", appauthor=False))


def sha256(path: Path) -> str:
    """Hash of a file, 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def holds(path: Path, expected: str) -> bool:
    """Whether `path` is a whole, readable file with this hash."""
    try:
        return path.is_file() and sha256(path) == expected
    except OSError:
        return False


def store(name: str, *, target: Path, expected: str, write: Callable[[Path], None]) -> Path:
    """Put what `write` writes at `target`, all or nothing, if its hash is `expected`.

    Only a file with the right hash is moved into place, in one step, so that an interruption
    leaves nothing that looks complete.

    Parameters
    ----------
    name : str
        The card that asks, for messages.
    target : Path
        Where the file shall lie; its folder is made if need be.
    expected : str
        Its sha256.
    write : callable
        Fills the temporary file whose path it is given.

    Raises
    ------
    DataError
        The folder cannot be written, or the hash is wrong; the message names the card `name`.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
        part.touch(exist_ok=False)
    except OSError as error:
        raise _unwritable(name, target.parent, error) from error
    try:
        write(part)
        found = sha256(part)
        if found != expected:
            raise DataError(
                f"{name}: the download of {target.name} has sha256 {found}, expected {expected}; "
                "the transfer was cut or the index serves another file, so nothing was kept: "
                "run it again, use another index, or update the course."
            )
        os.replace(part, target)
    except OSError as error:
        raise _unwritable(name, target.parent, error) from error
    finally:
        part.unlink(missing_ok=True)
    return target


def _unwritable(name: str, where: Path, error: OSError) -> DataError:
    return DataError(
        f"{name}: cannot write to the cache folder {where} ({error.strerror or error}); "
        "free space there or set LABLIB_CACHE to a folder you can write to."
    )
