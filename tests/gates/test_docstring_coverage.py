import pytest

from tools.gates.docstring_coverage import check

MODULE = '''"""A module."""
from typing import overload


class Gap:
    """A gap."""

    def __init__(self, low, high, level):
        self.low = low

    def width(self, level, unit):
        """Width of the gap."""


def rate(y, group, threshold):
    """Rate by group.

    Parameters
    ----------
    y, group, threshold
        Arrays.
    """


def run(config, *, scale="quick", progress=False):
    """The experiment."""


def _private(a, b, c):
    return a
'''
CLEAN = {"lablib/fairness/gap.py": MODULE, "lablib/_inner.py": "def f(a, b, c): ...\n"}
PATH = "lablib/fairness/gap.py"
PLANTS = {
    "module": (PATH, '"""A module."""\n', "", 1, "module has no docstring"),
    "class": (PATH, '    """A gap."""\n', "", "class Gap", "Gap has no docstring"),
    "method": (PATH, '"""Width of the gap."""', "...", "def width", "Gap.width has no docstring"),
    "function": (PATH, '    """The experiment."""', "    ...", "def run", "run has no docstring"),
    "empty docstring": (PATH, "The experiment.", "  ", "def run", "run has no docstring"),
    "three parameters": (
        PATH,
        "    Parameters\n    ----------\n",
        "",
        "def rate",
        "rate takes 3 parameters (y, group, threshold)",
    ),
    "self is no parameter": (
        PATH,
        "level, unit)",
        "level, unit, *, n)",
        "def width",
        "Gap.width takes 3 parameters (level, unit, n)",
    ),
    "under an if": (
        PATH,
        "def _private",
        "if overload:\n    def late(): ...\n\n\ndef _private",
        "def late",
        "late has no docstring",
    ),
    "package": ("lablib/fairness/__init__.py", None, "x = 1\n", 1, "module has no docstring"),
}


def test_clean(tree):
    assert check(tree(CLEAN)) == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_plant(planted, plant):
    planted(check, CLEAN, *plant)
