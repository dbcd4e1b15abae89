"""Sessions for a grading process: a fresh sandbox each, or a fork of a warm one.

Loading NumPy takes a tenth of a second and other libraries take seconds. For an exercise that
needs more than NumPy one pool is kept, with the libraries loaded and nobody's code run in it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from lablib.exercises import sandbox
from lablib.exercises.declare import Exercise
from lablib.exercises.grading.grade import Session
from lablib.exercises.sandbox import limits

QUICK = frozenset({"numpy"})


class Openings:
    """Open sessions of one tier.

    Parameters
    ----------
    tier : str
        As `sandbox.choose` gives it.
    slot : int
        Number of this grading process.
    """

    def __init__(self, tier: str, slot: int) -> None:
        self._tier, self._slot = tier, slot
        self._pool: sandbox.WarmPool | None = None

    def __call__(self, exercise: Exercise) -> AbstractContextManager[Session]:
        """A session for one submission."""
        if self._tier == "none" or QUICK.issuperset(exercise.needs):
            return sandbox.open_session(exercise, tier=self._tier, slot=self._slot)
        modules = limits.modules(exercise)
        if self._pool is None or self._pool.modules != modules:
            self.close()
            self._pool = sandbox.WarmPool(modules, tier=self._tier, slot=self._slot)
        return self._pool.open_session(exercise)

    def close(self) -> None:
        """End the pool."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None
