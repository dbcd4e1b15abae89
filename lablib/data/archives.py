"""Files out of an archive (wheel, zip or tar.gz) or a folder, each with the hash of its card."""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from lablib.data import cache
from lablib.data.catalogue import Card
from lablib.data.errors import DataError


def from_archive(card: Card, archive: Path) -> dict[str, bytes]:
    """The card's files in an archive whose own hash is already checked: path -> bytes.

    Raises
    ------
    DataError
        The archive cannot be read, lacks a file, or holds one with another hash.
    """
    kind = "zip" if archive.suffix in (".whl", ".zip") else "tar"
    try:
        found = (_zipped if kind == "zip" else _tarred)(archive, card.files)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError) as error:
        raise DataError(
            f"{card.name}: {archive} is not a readable {kind} archive ({error}); delete it and "
            "load again."
        ) from error
    if missing := [path for path in card.files if path not in found]:
        raise DataError(
            f"{card.name}: {card.archive} holds no file {', '.join(missing)}; the card "
            "and the archive disagree, please report it."
        )
    return {path: checked(card, path, found[path]) for path in card.files}


def _zipped(archive: Path, paths: Iterable[str]) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as members:
        present = set(members.namelist())
        return {path: members.read(path) for path in paths if path in present}


def _tarred(archive: Path, paths: Iterable[str]) -> dict[str, bytes]:
    wanted, found = set(paths), {}
    with tarfile.open(archive, "r:gz") as members:
        for member in members:
            stream = members.extractfile(member) if member.name in wanted else None
            if stream is not None:
                found[member.name] = stream.read()
    return found


def from_folder(card: Card, folder: Path) -> dict[str, bytes]:
    """The card's files from a local folder that holds the archive or the files themselves.

    A file is looked for under its path in the archive, then under ever shorter ends of that path;
    a bare name counts only where no other file of the card has it.

    Raises
    ------
    DataError
        The folder holds neither, or something with another hash.
    """
    archive = folder / card.archive
    if archive.is_file():
        if (found := cache.sha256(archive)) != card.archive_sha256:
            raise DataError(
                f"{card.name}: {archive} has sha256 {found}, expected {card.archive_sha256}; "
                "it is truncated or another release, replace it or leave folder out."
            )
        return from_archive(card, archive)
    files = {}
    for path in card.files:
        places = [folder / end for end in _ends(path, card.files)]
        local = next((place for place in places if place.is_file()), None)
        if local is None:
            wanted = places[-1].relative_to(folder)
            raise DataError(
                f"{card.name}: folder {folder} holds neither {card.archive} nor {wanted}; "
                "put one of them there or leave folder out."
            )
        files[path] = checked(card, path, local.read_bytes())
    return files


def _ends(path: str, every: Iterable[str]) -> list[str]:
    """Ends of a path, longest first, that no other path shares.

    >>> _ends("data/test/a.csv", ["data/test/a.csv", "data/train/a.csv"])
    ['data/test/a.csv', 'test/a.csv']
    """
    parts = PurePosixPath(path).parts
    ends = ["/".join(parts[i:]) for i in range(len(parts))]
    others = [f"/{other}" for other in every if other != path]
    return [end for end in ends if not any(other.endswith(f"/{end}") for other in others)]


def checked(card: Card, path: str, content: bytes) -> bytes:
    """`content`, if its hash is the card's for `path`.

    Parameters
    ----------
    card : the card that names the file.
    path : its path inside the archive.
    content : its bytes.

    Raises
    ------
    DataError
        The hash differs.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != card.files[path]:
        raise DataError(
            f"{card.name}: {path} has sha256 {found}, expected {card.files[path]}; the file was "
            "changed, restore the original or leave folder out."
        )
    return content
