"""Every exercise of the course holds; an exercise with a planted fault is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from lablib.exercises import bots, declare, selftest, wire, worker

MUTANT = "# rejected_by: of_any_number\n# says: any number\n"


@pytest.mark.parametrize("name", declare.find())
def test_exercise_holds(name: str) -> None:
    report = selftest.run(name)
    assert report.ok, str(report)
    assert report.counts["seeds"] == 20
    assert report.counts["bots"] >= 20


def test_the_sound_demo_holds(demo: Path) -> None:
    report = selftest.run("demo/half", folder=demo)
    assert report.ok, str(report)
    assert str(report).startswith("demo/half: holds (20 seeds, ")


HALF = 'close(s.half(x), reference.half(x), "half of any number is half of it")'
PLANTS = {
    "mutant that passes": (
        "mutants/floor.py",
        None,
        MUTANT + "def half(x): return x / 2\n",
        "passes of_any_number",
    ),
    "mutant with another message": (
        "mutants/floor.py",
        "says: any number",
        "says: odd",
        "not 'odd'",
    ),
    "mutant rejected elsewhere": ("mutants/double.py", "of_four", "of_five", "head it with"),
    "mutant without header": ("mutants/floor.py", "# rejected_by", "# rejected", "head it with"),
    "mutant that does not run": (
        "mutants/floor.py",
        "def half(x): return x // 2",
        "def half(x) return",
        "does not run",
    ),
    "too few mutants": ("mutants/floor.py", None, None, "2 mutants; write at least 3"),
    "wrong solution": ("solution.py", "x / 2", "x / 3", "the solution fails of_four"),
    "solution that differs by call": (
        "solution.py",
        "result = x / 2",
        "import random\n    result = x / 2 if x == 4 else random.random()",
        "the solution fails of_any_number",
    ),
    "empty hint": ("exercise.md", "Two halves make the whole.", "", "hint 2 is empty"),
    "hint that leaks": (
        "exercise.md",
        "Two halves make the whole.",
        "Write `result  = x/2`.",
        "hint 2 holds a line",
    ),
    "alternative refused": (
        "accepts/times.py",
        "x * 0.5",
        "x * 0.6",
        "accepts/times.py fails of_four",
    ),
    "alternative refused at one seed": (
        "accepts/times.py",
        "x * 0.5",
        "x * 0.5 if x > 1.5 else 9",  # the draws of seeds 0 and 1 are larger
        "accepts/times.py fails of_any_number at seed 2",
    ),
    "no alternative": ("accepts/times.py", None, None, "no alternative right answer"),
    "example untrue": ("exercise.md", "1.5", "1.6", "an example of the prompt is not true"),
    "no example": ("exercise.md", ">>> half(3)", "half(3)", "no numeric example"),
    "no sketch": (
        "exercise.md",
        "kind: implement",
        "kind: find-the-fault",
        "shows the faulty sketch",
    ),
    "hidden check a constant passes": (
        "checks.py",
        HALF,
        'shape(s.half(x), (), "it is one number")',
        "the bot 'return 0' earns",
    ),
    "hidden check that raising passes": (
        "checks.py",
        HALF,
        'raises(lambda: s.half("a"), Exception, "text has no half")',
        "'always raise' earns",
    ),
    "hidden check with the public case": (
        "checks.py",
        "for x in rng.uniform(1, 10, 5)",
        "for x in [4]",
        "by heart' earns",
    ),
    "check that breaks": (
        "checks.py",
        HALF,
        f'true(s.half(x) > 0, "a half is positive"); {HALF}',
        "breaks (TypeError) on the bot",
    ),
    "check that compares nothing": (
        "checks.py",
        'close(s.half(4), 2, "half of four is two")',
        "s.half(4)",
        "compares nothing",
    ),
    "same sentence twice": (
        "checks.py",
        "half of any number is half of it",
        "half of four is two",
        "two comparisons say",
    ),
    "computed sentence": (
        "checks.py",
        '"half of any number is half of it"',
        'f"half of {x}"',
        "as plain text",
    ),
    "stray call": (
        "checks.py",
        "close(s.half(4)",
        "len(str(s.third)); close(s.half(4)",
        "calls third",
    ),
    "broken folder": ("checks.py", "points=2", "points=5", "add up"),
}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_reported(demo: Path, name: str) -> None:
    file, old, new, says = PLANTS[name]
    path = demo / "demo" / "half" / file
    text = path.read_text()
    if new is None:
        path.unlink()
    else:
        assert old is None or old in text
        path.write_text(new if old is None else text.replace(old, new))
    report = selftest.run("demo/half", folder=demo, seeds=3)
    assert not report.ok
    assert any(says in problem for problem in report.problems), str(report)
    assert "BROKEN" in str(report)


def test_a_template_that_gives_the_answer_is_reported(demo: Path) -> None:
    path = demo / "demo" / "half" / "solution.py"
    path.write_text(
        "def half(x):\n    result = x / 2\n    # BEGIN SOLUTION\n    y = result + 0\n"
        "    # END SOLUTION\n    return result\n"
    )
    report = selftest.run("demo/half", folder=demo, seeds=2)
    assert any("the template scores 3.0" in problem for problem in report.problems)


def test_a_sketch_that_is_right_is_reported(demo: Path) -> None:
    path = demo / "demo" / "half" / "exercise.md"
    text = path.read_text().replace("kind: implement", "kind: find-the-fault")
    sketch = "```python\ndef half(x):\n    return 0.5 * x\n```\n\n## Hint 1"
    path.write_text(text.replace("## Hint 1", sketch))
    report = selftest.run("demo/half", folder=demo, seeds=2)
    assert report.problems == ["the sketch in the prompt passes; it must be wrong"]


def test_another_way_to_run_answers_can_be_given(demo: Path) -> None:
    ran = []

    def connect(source: str, exercise: declare.Exercise):  # type: ignore[no-untyped-def]
        ran.append(source)
        return selftest.in_process(source, exercise)

    assert selftest.run("demo/half", folder=demo, seeds=2, connect=connect).ok
    assert len(ran) > 20


def test_the_bot_that_knows_the_public_cases_passes_them(demo: Path) -> None:
    exercise = declare.load("demo/half", demo)
    names: dict[str, object] = {"__name__": "answer"}
    worker.load(names, bots.sources(exercise)["public cases by heart"], place="bot")
    request = wire.dumps({"name": "half", "args": [4], "kwargs": {}})
    assert wire.loads(worker.answer(names, request))["value"] == 2
