"""Run answers of the self-tests in the sandbox, as `selftest.run(..., connect=Connector())` wants.

with Connector() as connect:
    report = selftest.run("start/paired-interval", seeds=2, connect=connect)
"""

from __future__ import annotations

from types import TracebackType

from lablib.exercises import proxy, wire
from lablib.exercises.declare import Exercise
from lablib.exercises.sandbox import limits as caps
from lablib.exercises.sandbox.base import Session
from lablib.exercises.sandbox.pool import WarmPool


class Connector:
    """A pool for each set of libraries; every answer gets a fresh worker, the last one is closed.

    Parameters
    ----------
    tier : {"auto", "bwrap", "landlock"}
    """

    def __init__(self, tier: str = "auto") -> None:
        self._tier = tier
        self._pools: dict[tuple[str, ...], WarmPool] = {}
        self._session: Session | None = None

    def __call__(self, source: str, exercise: Exercise) -> proxy.Proxy:
        """Load a source text into a fresh worker; ValueError if it does not run."""
        self._end_session()
        needs = caps.modules(exercise)
        if needs not in self._pools:
            self._pools[needs] = WarmPool(needs, tier=self._tier)
        self._session = self._pools[needs].open_session(exercise)
        (text,) = self._session.load([source], [f"answer to {exercise.id}"])
        reply = wire.loads(text)
        if reply["outcome"] == "error":
            raise ValueError(f"the code does not run: {reply['type']}: {reply['message']}")
        return proxy.Proxy(self._session.request, exercise.functions)

    def close(self) -> None:
        """End all workers."""
        self._end_session()
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    def __enter__(self) -> Connector:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
