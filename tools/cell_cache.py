"""The execution cache that the book build reads (jupyter-cache), kept free of stale records."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

FOLDER = Path(".cache/jupyter")


class CellCache:
    """Executed notebooks, found by the hash of their code cells."""

    def __init__(self, root: Path) -> None:
        from jupyter_cache import get_cache

        folder = root / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self._cache = get_cache(folder)

    def key(self, notebook: Any) -> str:
        """Hash of code cells, their metadata and the kernel's name: jupyter-cache's own key."""
        key: str = self._cache.create_hashed_notebook(notebook)[1]
        return key

    def executed(self, notebook: Any) -> Any | None:
        """`notebook` with its stored outputs, or None when it never ran."""
        try:
            return self._cache.merge_match_into_notebook(notebook)[1]
        except KeyError:
            return None

    def store(self, name: str, notebook: Any, seconds: float) -> None:
        """Replace the record of `notebook` by this execution."""
        from jupyter_cache.base import CacheBundleIn

        bundle = CacheBundleIn(notebook, name, artifacts=None, data={"execution_seconds": seconds})
        self._cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)

    def keys(self) -> set[str]:
        return {record.hashkey for record in self._cache.list_cache_records()}

    def keep_only(self, keys: Iterable[str]) -> None:
        """Remove every record whose key is not listed."""
        wanted = set(keys)
        for record in self._cache.list_cache_records():
            if record.hashkey not in wanted:
                try:
                    self._cache.remove_cache(record.pk)
                except KeyError:  # the record's file is gone already
                    self._cache.clear_cache()
                    return
