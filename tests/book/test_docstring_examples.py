"""Doctests after a section of a docstring are shown as examples, not as parameters."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "book/_ext/course_site/docstrings.py"


def marked(text: str) -> str:
    spec = importlib.util.spec_from_file_location("docstrings", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    lines = text.splitlines()
    module.mark_examples(None, "function", "f", None, {}, lines)
    return "\n".join(lines)


def test_doctest_after_parameters_gets_a_heading() -> None:
    found = marked("Double.\n\nParameters\n----------\nx : int\n    A number.\n\n>>> f(1)\n2")
    assert found.endswith("\n\nExamples\n--------\n>>> f(1)\n2")


@pytest.mark.parametrize(
    "text",
    [
        "Double.\n\n>>> f(1)\n2",
        "Double.\n\nParameters\n----------\nx : int\n    A number.",
        "Double.\n\nRaises\n------\nValueError\n\nExamples\n--------\n>>> f(1)\n2",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert marked(text) == text
