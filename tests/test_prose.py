"""Numbers reach the prose in a notebook, and a page runs without the book's tools."""

import sys

import pytest
from IPython.core import getipython

from lablib.prose import glue


def test_in_a_notebook_each_value_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    import myst_nb

    seen = []
    monkeypatch.setattr(getipython, "get_ipython", object)
    monkeypatch.setattr(myst_nb, "glue", lambda name, value, display: seen.append((name, value)))
    glue({"rows": 3, "rate": 0.25})
    assert seen == [("rows", 3), ("rate", 0.25)]


def test_without_the_books_tools_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getipython, "get_ipython", object)
    monkeypatch.setitem(sys.modules, "myst_nb", None)
    glue({"rows": 3})
