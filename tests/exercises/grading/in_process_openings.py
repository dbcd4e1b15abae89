"""Sessions without a sandbox, in the grading process itself; only for these tests' own answers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from lablib.exercises import worker
from lablib.exercises.declare import Exercise


class FakeSession:
    """The same calls as a sandboxed worker gets."""

    def __init__(self, exercise: Exercise) -> None:
        self.names: dict[str, Any] = {"__name__": "answer"}
        self.seconds = exercise.limits.seconds
        self.asked: list[str] = []

    def load(self, cells: Sequence[str], places: Sequence[str]) -> list[str]:
        return [
            worker.load(self.names, text, place=place, seconds=self.seconds)
            for text, place in zip(cells, places, strict=True)
        ]

    def request(self, text: str) -> str:
        self.asked.append(text)
        return worker.answer(self.names, text, seconds=self.seconds)

    def __enter__(self) -> FakeSession:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class Openings:
    """Stands for `openings.Openings`."""

    def __init__(self, tier: str, slot: int) -> None:
        if tier == "broken":
            raise RuntimeError("no sandbox works here")

    def __call__(self, exercise: Exercise) -> FakeSession:
        if os.environ.get("LABLIB_TEST_REFUSES"):
            raise RuntimeError("the sandbox did not start")
        return FakeSession(exercise)

    def close(self) -> None:
        return None
