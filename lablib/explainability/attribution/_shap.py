"""Import shap where it is needed: it takes seconds, and it warns about the plots it loads."""

from __future__ import annotations

import warnings
from typing import Any


def load() -> Any:
    """The module shap, imported without the deprecation warnings of its plotting part."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap
    return shap
