"""Run an exercise's checks against a proxy and say how it stands, in words for the learner.

The same `run` and `score` serve the notebook (public checks, in process) and the grader (all
checks, sandboxed proxy). A check that itself breaks is our fault and is marked as such.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from lablib.exercises import checks, proxy
from lablib.exercises.declare import Exercise

State = Literal["passed", "not yet", "error", "not started", "broken check"]


@dataclass(frozen=True)
class Result:
    """How one check came out.

    `sentence` is for the learner in every setting; `detail` quotes values or the learner's own
    exception text and is empty for hidden checks, so feedback never shows a hidden input.
    """

    name: str
    public: bool
    points: float
    state: State
    sentence: str = ""
    detail: str = ""
    hint: int | None = None
    line: int | None = None

    @property
    def passed(self) -> bool:
        """Whether the check held."""
        return self.state == "passed"

    @property
    def text(self) -> str:
        """Sentence and detail as one line."""
        return f"{self.sentence} ({self.detail})" if self.detail else self.sentence


def run(
    exercise: Exercise, learner: proxy.Proxy, *, seed: int = 0, public_only: bool = False
) -> tuple[Result, ...]:
    """Run the checks in order.

    Parameters
    ----------
    exercise : Exercise
    learner : Proxy
        Stands for the learner's functions.
    seed : int
        Every check draws from its own generator made of this, the exercise id and its name.
    public_only : bool
        True in the notebook.

    Returns
    -------
    tuple of Result
        One per check. After a call that ran out of time the rest is not called again.
    """
    reference = reference_proxy(exercise)
    results: list[Result] = []
    stopped: Result | None = None
    for check in exercise.checks:
        if public_only and not check.public:
            continue
        if stopped is not None:
            results.append(_result(check, "error", stopped.sentence))
            continue
        rng = np.random.default_rng([seed, zlib.crc32(f"{exercise.id}:{check.name}".encode())])
        result, stops = _run_one(check, {"s": learner, "rng": rng, "reference": reference})
        results.append(result)
        stopped = result if stops else None
    return tuple(results)


def score(results: Sequence[Result]) -> float:
    """Points earned; public ones count only if a hidden check passed too.

    >>> seen = Result("example", True, 1, "passed")
    >>> score([seen, Result("drawn", False, 3, "not yet")])
    0.0
    >>> score([seen, Result("drawn", False, 3, "passed")])
    4.0
    """
    hidden = any(result.passed and not result.public for result in results)
    earned = (r.points for r in results if r.passed and (hidden or not r.public))
    return float(sum(earned))


def state(results: Sequence[Result]) -> State:
    """The state of the whole: the first check that did not pass decides."""
    left = [result.state for result in results if not result.passed]
    if not left:
        return "passed"
    if all(item == "not started" for item in left):
        return "not started" if len(left) == len(results) else "not yet"
    return next(item for item in left if item != "not started")


def reference_proxy(exercise: Exercise) -> proxy.Proxy:
    """The proxy of the exercise's own solution (trusted, in process)."""
    return proxy.in_process(_solution_names(exercise.id, exercise.solution), exercise.functions)


@cache
def _solution_names(exercise_id: str, solution: str) -> Mapping[str, Any]:
    names: dict[str, Any] = {"__name__": f"solution of {exercise_id}"}
    exec(compile(solution, f"solution of {exercise_id}", "exec"), names)
    return names


def _run_one(check: checks.Check, given: Mapping[str, Any]) -> tuple[Result, bool]:
    """The result, and whether it makes no sense to call the learner's code again."""
    try:
        check.function(**{name: given[name] for name in check.takes})
    except checks.NotYet as miss:
        detail = miss.form or (miss.values if check.public else "")
        return _result(check, "not yet", miss.sentence, detail), False
    except proxy.NotStartedError as error:
        return _result(check, "not started", error.sentence), False
    except proxy.NotDataError as error:
        return _result(check, "not yet", error.sentence), False
    except proxy.LearnerError as error:
        detail = error.detail if check.public else ""
        return _result(check, "error", error.sentence, detail, error.line), error.stops
    except Exception as error:
        sentence = "the check could not read this answer; look at its form in the example"
        return _result(check, "broken check", sentence, type(error).__name__), False
    return _result(check, "passed"), False


def _result(
    check: checks.Check,
    state: State,
    sentence: str = "",
    detail: str = "",
    line: int | None = None,
) -> Result:
    hint = check.hint if state == "not yet" else None
    return Result(check.name, check.public, check.points, state, sentence, detail, hint, line)
