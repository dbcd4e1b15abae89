"""What one submission may use. Everything that the learner's code could exhaust has a cap."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from lablib.exercises.declare import Exercise

CALLS_WORTH = 5  # the whole of a submission may take as long as this many slowest calls
MODULES = {"scikit-learn": "sklearn"}


@dataclass(frozen=True)
class Limits:
    """Caps of one session.

    Attributes
    ----------
    seconds : float
        Wall seconds of one call or one cell.
    memory_mb : int
        Address space on top of Python and the libraries loaded beforehand.
    total_seconds : float
        Wall seconds, and CPU seconds, of all calls and cells together.
    processes : int
        Threads; further processes are not allowed at all where system calls are filtered.
    output_bytes : int
        Of the start-up noise that is kept for a diagnosis; what answers print is dropped.
    message_bytes : int
        Longest reply that is read.
    scratch_mb : int
        Size of the writable folder.

    >>> Limits(seconds=2, memory_mb=500).total_seconds
    10.0
    """

    seconds: float
    memory_mb: int
    total_seconds: float = 0.0
    processes: int = 32
    output_bytes: int = 64 * 1024
    message_bytes: int = 16 * 1024 * 1024
    scratch_mb: int = 64

    def __post_init__(self) -> None:
        if not self.total_seconds:
            object.__setattr__(self, "total_seconds", float(CALLS_WORTH * self.seconds))
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f"{name} is {value}; a limit is a number above 0")


def of(exercise: Exercise) -> Limits:
    """The limits that an exercise declares."""
    return Limits(seconds=exercise.limits.seconds, memory_mb=exercise.limits.memory_mb)


def modules(exercise: Exercise) -> tuple[str, ...]:
    """What to load before an answer, since loading it anew each time costs the most.

    The libraries that an exercise needs, and of these the parts that its solution imports.
    """
    needs = tuple(MODULES.get(name, name) for name in exercise.needs)
    parts: list[str] = []
    for node in ast.walk(ast.parse(exercise.solution)):
        if isinstance(node, ast.Import):
            parts += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            parts += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return (*needs, *sorted({part for part in parts if part.split(".")[0] in needs} - set(needs)))
