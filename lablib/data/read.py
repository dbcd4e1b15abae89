"""`load`: from the name of a card to a typed data set, through the verified archive."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from lablib.data import cache
from lablib.data.catalogue import Card, card
from lablib.data.download import fetch_archive
from lablib.data.errors import DataError
from lablib.data.tabular import read_tabular

if TYPE_CHECKING:
    from lablib.data.tabular import TabularData

# One reader for each `kind` of card; a reader gets bytes whose hashes are already checked.
READERS: dict[str, Callable[..., TabularData]] = {"tabular": read_tabular}


def load(
    name: str,
    *,
    folder: str | Path | None = None,
    sensitive_in_features: Sequence[str] = (),
) -> TabularData:
    """Load a data set by the name of its card; the first call fetches it, later ones are offline.

    Parameters
    ----------
    name : name of a card, see `cards()`.
    folder : a local folder that holds the card's archive, or its data files by their own names;
        then no index is asked and nothing is written.
    sensitive_in_features : sensitive columns that `features` shall hold too. They are always in
        `sensitive`; by default they are in no model's input.

    Returns
    -------
    TabularData
        `features` (N, F), `target` (N,) with 0 and 1, `sensitive` (N, ...), `scores` (N, ...).

    Raises
    ------
    ValueError
        No card has this name, or a column in `sensitive_in_features` is not sensitive.
    DataError
        The data cannot be had or differ from the card; the message says what to do.

    Examples
    --------
    >>> data = load("german-credit")
    >>> data.split(seed=0).train
    TabularData(german-credit: 600 rows, 17 features, 30.0 % with bad_risk = 1)
    """
    return load_card(card(name), folder=folder, sensitive_in_features=sensitive_in_features)


def load_card(
    card: Card, *, folder: str | Path | None = None, sensitive_in_features: Sequence[str] = ()
) -> TabularData:
    """Do what `load` does, for a card at hand.

    Parameters
    ----------
    card : Card
        Also one that is not in the catalogue, for data of your own.
    folder, sensitive_in_features
        As for `load`.
    """
    if card.kind not in READERS:
        kinds = ", ".join(READERS)
        raise DataError(f"{card.name}: no reader for kind {card.kind!r}; known kinds: {kinds}.")
    files = card_files(card) if folder is None else _files_in_folder(card, Path(folder))
    return READERS[card.kind](card, files, sensitive_in_features=sensitive_in_features)


def card_files(card: Card) -> dict[str, bytes]:
    """The card's files from its archive (fetched if need be): path inside the archive -> bytes."""
    return _from_archive(card, fetch_archive(card))


def _files_in_folder(card: Card, folder: Path) -> dict[str, bytes]:
    archive = folder / card.archive
    if archive.is_file():
        if (found := cache.sha256(archive)) != card.archive_sha256:
            raise DataError(
                f"{card.name}: {archive} has sha256 {found}, expected {card.archive_sha256}; "
                "it is truncated or another release, replace it or leave folder out."
            )
        return _from_archive(card, archive)
    files = {}
    for path in card.files:
        local = folder / PurePosixPath(path).name
        if not local.is_file():
            raise DataError(
                f"{card.name}: folder {folder} holds neither {card.archive} nor {local.name}; "
                "put one of them there or leave folder out."
            )
        files[path] = _checked(card, path, local.read_bytes())
    return files


def _from_archive(card: Card, archive: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(archive) as members:
            return {path: _checked(card, path, members.read(path)) for path in card.files}
    except KeyError as error:
        raise DataError(
            f"{card.name}: {card.archive} holds no file {_missing(card, archive)}; the card "
            "and the archive disagree, please report it."
        ) from error
    except zipfile.BadZipFile as error:
        raise DataError(
            f"{card.name}: {archive} is not a readable zip archive ({error}); delete it and "
            "load again."
        ) from error


def _missing(card: Card, archive: Path) -> str:
    with zipfile.ZipFile(archive) as members:
        present = set(members.namelist())
    return ", ".join(path for path in card.files if path not in present)


def _checked(card: Card, path: str, content: bytes) -> bytes:
    found = hashlib.sha256(content).hexdigest()
    if found != card.files[path]:
        raise DataError(
            f"{card.name}: {path} has sha256 {found}, expected {card.files[path]}; the file was "
            "changed, restore the original or leave folder out."
        )
    return content
