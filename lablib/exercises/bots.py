"""Answers without a thought, as source texts: no exercise may give any of them a point.

Constants, the input given back, a function that always raises, an object that is equal to
everything, and one that knows the public cases by heart.
"""

from __future__ import annotations

from typing import Any

from lablib.exercises import proxy, runner, worker
from lablib.exercises.declare import Exercise

CONSTANTS = (
    "None", "...", "0", "1", "0.0", "1.0", "0.5", "-1.0", "float('nan')", "float('inf')", "True",
    "False", "''", "'a'", "[]", "()", "{}", "(0.0, 1.0)", "[0.0, 0.0]", "(0.0, 0.0, 0.0)",
)  # fmt: skip
LIAR = '''
class Liar(float):
    """Equal to everything, greater and smaller than everything."""

    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __sub__
    def __abs__(self): return 0.0
    __hash__ = float.__hash__
'''


def sources(exercise: Exercise) -> dict[str, str]:
    """Name of each thoughtless answer to its source text."""
    heads = {name: f"def {name}(*args, **kwargs):\n" for name in exercise.functions}

    def every(body: str, before: str = "") -> str:
        return before + "\n".join(f"{head}    {body}\n" for head in heads.values())

    bots = {f"return {value}": every(f"x = {value}; return x") for value in CONSTANTS}
    bots["pass"] = every("pass")
    bots["return the input"] = every("return args[0] if args else list(kwargs.values())[0]")
    bots["always raise"] = every("raise ValueError('n level length rows must be positive')")
    bots["equal to everything"] = every("return Liar()", LIAR)
    bots["public cases by heart"] = _by_heart(exercise)
    return bots


def _by_heart(exercise: Exercise) -> str:
    """An answer that knows the public cases and nothing else."""
    names: dict[str, Any] = {"__name__": "answer"}
    exec(exercise.solution, names)
    seen: dict[str, str] = {}

    def recording(request: str) -> str:
        seen[request] = worker.answer(names, request)
        return seen[request]

    learner = proxy.Proxy(recording, exercise.functions)
    runner.run(exercise, learner, public_only=True)
    known = {key: value for key, value in seen.items() if '"outcome":"value"' in value}
    bodies = "\n".join(
        f"def {name}(*args, **kwargs): return known({name!r}, args, kwargs)"
        for name in exercise.functions
    )
    return f"""
from lablib.exercises import wire
TABLE = {known!r}
def known(name, args, kwargs):
    key = wire.dumps({{"name": name, "args": list(args), "kwargs": kwargs}})
    return wire.loads(TABLE[key])["value"] if key in TABLE else 0.0
{bodies}
"""
