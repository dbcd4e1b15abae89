from __future__ import annotations

from pathlib import Path

import pytest

EXERCISE = """---
id: demo/half
title: Half of a number
page: demo/page
points: 3
minutes: 2
difficulty: 1
objective: Halve.
kind: implement
limits: {seconds: 2, memory_mb: 500}
needs: [numpy]
---
Write `half(x)` that returns half of the number `x`.

```
>>> half(3)
1.5
```

## Hint 1
Which operator divides?

## Hint 2
Two halves make the whole.

## Why it matters
Halving is the first step of many searches.
"""
SOLUTION = '''def half(x):
    """Half of x."""
    # BEGIN SOLUTION
    result = x / 2
    return result
    # END SOLUTION
'''
CHECKS = """from lablib.exercises.checks import check, close, raises, shape, true


@check(points=1, public=True, hint=1)
def of_four(s):
    close(s.half(4), 2, "half of four is two")


@check(points=2, hint=2)
def of_any_number(s, rng, reference):
    for x in rng.uniform(1, 10, 5):
        close(s.half(x), reference.half(x), "half of any number is half of it")
"""
MUTANTS = {
    "floor": "# rejected_by: of_any_number\n# says: any number\ndef half(x): return x // 2\n",
    "double": "# rejected_by: of_four\n# says: four is two\ndef half(x): return x * 2\n",
    "square_root": "# rejected_by: of_any_number\n# says: is half\ndef half(x): return x**0.5\n",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The learner's progress goes to a folder of the test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("LABLIB_HOME", str(folder))
    return folder


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A folder of exercises with the sound exercise `demo/half`."""
    folder = tmp_path / "exercises"
    path = folder / "demo" / "half"
    (path / "mutants").mkdir(parents=True)
    (path / "accepts").mkdir()
    (path / "exercise.md").write_text(EXERCISE)
    (path / "solution.py").write_text(SOLUTION)
    (path / "checks.py").write_text(CHECKS)
    for name, text in MUTANTS.items():
        (path / "mutants" / f"{name}.py").write_text(text)
    (path / "accepts" / "times.py").write_text("def half(x): return x * 0.5\n")
    return folder
