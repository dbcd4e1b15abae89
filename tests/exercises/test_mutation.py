"""Automatic changes of solutions: which are made, which survive, and what is said of them."""

from __future__ import annotations

import ast
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lablib.exercises import declare, mutation, selftest

HEAD, TAIL = "    # BEGIN SOLUTION\n", "    # END SOLUTION\n"


def names(body: str, head: str = "def f(x):") -> list[str]:
    text = "".join(f"    {line}\n" for line in body.splitlines())
    return [mutant.name for mutant in mutation.mutants(f"{head}\n{HEAD}{text}{TAIL}")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return x + x", ["f: x + x => x - x"]),
        ("return x / x", ["f: x / x => x * x", "f: x / x => x // x"]),
        ("return x >= x", ["f: x >= x => x > x", "f: x >= x => x < x"]),
        ("return not x", ["f: not x => x"]),
        ("return x and f", ["f: x and f => x or f", "f: x and f => x", "f: x and f => f"]),
        ("return True", ["f: return True => return False"]),
        ("return f(x, ddof=x)", ["f: f(x, ddof=x) => f(x)"]),
        ("return max(x)", ["f: max(x) => min(x)"]),
        ("return x.mean()", ["f: x.mean() => x.median()"]),
        ("return x if x else f", [f"f: x if x else f => x if {b} else f" for b in (True, False)]),
        ("x.append(x)\nreturn x", ["f: x.append(x) => pass"]),
        ("x += x\nreturn x", ["f: x += x => x -= x", "f: x += x => pass"]),
        ("for y in x:\n    break\nreturn x", ["f: break => continue"]),
        ("return 'text'", []),
        ("return x ** 2", ["f: x ** 2 => x * 2", "f: x ** 2 => x ** 3", "f: x ** 2 => x ** 1"]),
    ],
)
def test_changes_by_hand(body: str, expected: list[str]) -> None:
    assert names(body) == expected


def test_code_that_the_learner_is_given_stays() -> None:
    source = (
        f"LIMIT = 3 + 4\n\n\ndef given(x):\n    return x + 1\n\n\n"
        f"def f(x, n=2):\n    y = x * 2\n{HEAD}    return y - x\n{TAIL}"
    )
    assert [mutant.name for mutant in mutation.mutants(source)] == ["f: y - x => y + x"]


def test_every_text_is_made_once_differs_and_parses() -> None:
    for name in declare.find():
        solution = declare.load(name).solution
        made = mutation.mutants(solution)
        texts = [mutant.source for mutant in made]
        assert len(set(texts)) == len(texts) == len({mutant.name for mutant in made}) > 5
        plain = ast.unparse(ast.parse(solution))
        assert plain not in texts
        for text in texts:
            ast.parse(text)


def test_the_same_words_at_two_places_have_two_names() -> None:
    found = names("y = x + x\nreturn y * (x + x)")
    assert "f: x + x => x - x" in found
    assert "f: x + x => x - x (2)" in found


def plant(demo: Path, body: str, *, listed: str = "") -> declare.Exercise:
    folder = demo / "demo" / "half"
    (folder / "solution.py").write_text(f"def half(x):\n{HEAD}{body}{TAIL}")
    if listed:
        (folder / mutation.FILE).write_text(listed)
    return declare.load("demo/half", demo)


def test_the_demo_leaves_no_survivor(demo: Path) -> None:
    outcome = mutation.run(declare.load("demo/half", demo), selftest.in_process)
    assert outcome == mutation.Outcome(4, (), ())


HOLE = "    if x > 100:\n        return 50.0\n    return x / 2\n"


def test_a_hole_in_the_checks_is_named(demo: Path) -> None:
    outcome = mutation.run(plant(demo, HOLE), selftest.in_process)
    assert "half: return 50.0 => return 51.0" in outcome.survivors
    assert any(
        "no check notices the change `half: x > 100 => x >= 100`" in p for p in outcome.problems
    )
    report = selftest.run("demo/half", folder=demo, seeds=2)
    assert not report.ok
    assert report.counts["equivalent"] == len(outcome.survivors)


def test_a_listed_survivor_is_no_problem_and_a_stale_line_is(demo: Path) -> None:
    survivors = mutation.run(plant(demo, HOLE), selftest.in_process).survivors
    listed = "# reason: no input of the exercise is above 100\n" + "\n".join(survivors)
    outcome = mutation.run(plant(demo, HOLE, listed=listed), selftest.in_process)
    assert not outcome.problems
    stale = f"{listed}\nhalf: x / 2 => x * 2\nhalf: gone => away\n"
    outcome = mutation.run(plant(demo, HOLE, listed=stale), selftest.in_process)
    assert [p.split("`")[1] for p in outcome.problems] == [
        "half: x / 2 => x * 2",
        "half: gone => away",
    ]
    assert "which a check rejects" in outcome.problems[0]
    assert "is no change of this solution" in outcome.problems[1]


@pytest.mark.parametrize("head", ["", "# reason: short\n", "# equivalent, believe me\n"])
def test_a_line_without_a_reason_is_refused(demo: Path, head: str) -> None:
    exercise = plant(demo, "    return x / 2\n", listed=f"{head}half: x / 2 => x / 3\n")
    with pytest.raises(declare.ExerciseError, match=r"equivalent\.txt:\d: no reason above it"):
        mutation.listed(exercise)


def test_a_change_that_never_ends_is_rejected_by_the_clock(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutation, "SECONDS", 0.4)
    body = "    n = 0\n    while n < 1:\n        n += 1\n    return x * n / 2\n"
    began = time.monotonic()
    outcome = mutation.run(plant(demo, body), selftest.in_process)
    assert not [name for name in outcome.survivors if "n += 1" in name]
    assert time.monotonic() - began < 30


def test_a_change_seen_at_some_seeds_only_survives(demo: Path) -> None:
    folder = demo / "demo" / "half"
    text = (folder / "checks.py").read_text()
    (folder / "checks.py").write_text(
        text.replace("rng.uniform(1, 10, 5)", "rng.integers(1, 3, 1)")
    )
    exercise = plant(demo, "    if x == 1:\n        return 0.5\n    return x / 2\n")
    few = mutation.run(exercise, selftest.in_process, seeds=1)
    more = mutation.run(exercise, selftest.in_process, seeds=8)
    assert set(few.survivors) < set(more.survivors)


def test_the_checks_themselves_are_left_as_they_are(demo: Path) -> None:
    exercise = declare.load("demo/half", demo)
    before = exercise.checks
    mutation.run(exercise, selftest.in_process)
    assert exercise.checks == before == replace(exercise).checks
