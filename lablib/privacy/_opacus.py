"""Import Opacus where it is needed: it takes seconds, warns as it loads, and is an extra."""

from __future__ import annotations

import importlib
import warnings
from typing import Any


def load(part: str) -> Any:
    """The module `opacus.<part>`, imported without its warnings.

    Parameters
    ----------
    part
        `"accountants"`, `"grad_sample"` or another.

    Raises
    ------
    ImportError
        If Opacus is not installed; the message says what installs it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(f"opacus.{part}")
        except ModuleNotFoundError as error:
            raise ImportError(
                'privacy accounting needs Opacus: run pip install "lablib[privacy]"'
            ) from error
