from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from lablib.exercises import declare
from lablib.exercises.grading import grade_folder
from lablib.exercises.grading.run import Summary

RIGHT = "def half(x):\n    return x / 2\n"
WRONG = "def half(x):\n    return x + 1\n"
QUARTER = "def quarter(x):\n    return x / 4\n"
OPENER = "tests.exercises.grading.in_process_openings:Openings"

Notebook = Callable[..., str]
Grade = Callable[..., Summary]


@pytest.fixture
def notebook() -> Notebook:
    """The text of a notebook with these code cells; `tagged` ones carry the tag `exercise`."""

    def make(*cells: str, tagged: Sequence[int] = (), **more: Any) -> str:
        listed = [
            {
                "cell_type": "code",
                "source": text,
                "metadata": {"tags": ["exercise"]} if number in tagged else {},
            }
            for number, text in enumerate(cells)
        ]
        return json.dumps({"cells": listed, "nbformat": 4, "nbformat_minor": 5, **more})

    return make


@pytest.fixture
def two(demo: Path) -> Path:
    """The folder of exercises with `demo/half` and `demo/quarter`."""
    for kind in ("half", "quarter"):
        (demo / "demo" / kind).mkdir(exist_ok=True)
    for name in ("exercise.md", "solution.py", "checks.py"):
        text = (demo / "demo" / "half" / name).read_text().replace("half", "quarter")
        text = text.replace("x / 2", "x / 4").replace("quarter(4), 2", "quarter(4), 1")
        (demo / "demo" / "quarter" / name).write_text(text.replace("1.5", "0.75"))
    return demo


@pytest.fixture
def half(demo: Path) -> declare.Exercise:
    return declare.load("demo/half", demo)


@pytest.fixture
def grade(two: Path, tmp_path: Path) -> Grade:
    """`grade_folder` on the demo exercises, without a sandbox."""

    def run(folder: Path, **more: Any) -> Summary:
        given = {"out": tmp_path / "out", "seed": 3, "root": two, "opener": OPENER} | more
        return grade_folder(folder, **given)

    return run
