"""Test an exercise as a program: right answers pass, wrong ones fail for the stated reason.

Every way of running answers is a `connect` function from source text to a proxy, so the same
tests run in process here and in the grader's sandbox there. The rules are in `RULES`, in order.
"""

from __future__ import annotations

import doctest
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lablib.exercises import audit, bots, declare, mutation, proxy, runner, template, wire, worker
from lablib.exercises.declare import Exercise

Connect = Callable[[str, Exercise], proxy.Proxy]
SEEDS = 20
MIN_MUTANTS = 3
MUTANT_SEEDS = 3
HEADER = re.compile(r"^# (rejected_by|says): (.+)$", flags=re.MULTILINE)


@dataclass
class Report:
    """Problems found in one exercise; empty means it holds. Counts say what was run."""

    exercise_id: str
    problems: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems

    def __str__(self) -> str:
        ran = ", ".join(f"{number} {name}" for name, number in self.counts.items())
        head = f"{self.exercise_id}: {'holds' if self.ok else 'BROKEN'} ({ran})"
        return "\n".join([head, *(f"  - {problem}" for problem in self.problems)])


@dataclass(frozen=True)
class Trial:
    """One exercise under test, and how its answers are run."""

    exercise: Exercise
    report: Report
    connect: Connect
    seeds: int

    def results(self, source: str, *, seed: int = 0) -> tuple[runner.Result, ...]:
        """All checks on an answer."""
        return runner.run(self.exercise, self.connect(source, self.exercise), seed=seed)

    def problem(self, text: str) -> None:
        """Report one."""
        self.report.problems.append(text)


def run(
    exercise_id: str,
    *,
    folder: Path | None = None,
    seeds: int = SEEDS,
    connect: Connect | None = None,
) -> Report:
    """Apply every rule to an exercise.

    Parameters
    ----------
    exercise_id : str
    folder : Path, optional
        Where the exercises are.
    seeds : int
        How many seeds the solution must pass.
    connect : callable, optional
        Runs a source text and returns a proxy of its functions; in process by default.
    """
    report = Report(exercise_id)
    started = time.process_time()
    try:
        exercise = declare.load(exercise_id, folder)
    except declare.ExerciseError as error:
        report.problems.append(str(error))
        return report
    trial = Trial(exercise, report, connect or in_process, seeds)
    for rule in RULES:
        try:
            rule(trial)
        except Exception as error:
            name = rule.__name__.strip("_").replace("_", " ")
            report.problems.append(f"{name}: {type(error).__name__}: {error}")
    report.seconds = time.process_time() - started
    return report


def in_process(source: str, exercise: Exercise) -> proxy.Proxy:
    """Execute a source text here; ValueError if it does not even run."""
    names: dict[str, Any] = {"__name__": "answer"}
    reply = wire.loads(worker.load(names, source, place=f"answer to {exercise.id}"))
    if reply["outcome"] == "error":
        raise ValueError(f"the code does not run: {reply['type']}: {reply['message']}")
    return proxy.in_process(names, exercise.functions, seconds=exercise.limits.seconds)


def _solution_passes(trial: Trial) -> None:
    began = time.process_time()
    for seed in range(trial.seeds):
        results = trial.results(trial.exercise.solution, seed=seed)
        for result in results:
            if not result.passed:
                trial.problem(f"the solution fails {result.name} at seed {seed}: {result.text}")
        if not all(result.passed for result in results):
            break
    each = (time.process_time() - began) / max(trial.seeds, 1)
    if each > trial.exercise.limits.seconds / 2:
        trial.problem(f"the solution takes {each:.2f} s, over half of the limit")
    trial.report.counts["seeds"] = trial.seeds


def _template_is_not_started(trial: Trial) -> None:
    results = trial.results(template.text(trial.exercise))
    if runner.score(results) or runner.state(results) != "not started":
        trial.problem(
            f"the template scores {runner.score(results)} and is {runner.state(results)!r}; it "
            "must score 0 and be 'not started'"
        )


def _bots_score_zero(trial: Trial) -> None:
    answers, broken = bots.sources(trial.exercise), set[str]()
    for name, source in answers.items():
        results = trial.results(source)
        if earned := runner.score(results):
            passed = [result.name for result in results if result.passed]
            trial.problem(f"the bot {name!r} earns {earned} with {passed}")
        for result in results:
            if result.state == "broken check" and result.name not in broken:
                broken.add(result.name)
                trial.problem(
                    f"{result.name} breaks ({result.detail}) on the bot {name!r}; look at the "
                    "answer with `number` or `numbers` before computing with it"
                )
    trial.report.counts["bots"] = len(answers)


def _mutants_are_rejected(trial: Trial) -> None:
    mutants = trial.exercise.sources("mutants")
    if len(mutants) < MIN_MUTANTS:
        trial.problem(f"{len(mutants)} mutants; write at least {MIN_MUTANTS}")
    for name, source in mutants.items():
        header = dict(HEADER.findall(source))
        by, says = header.get("rejected_by", ""), header.get("says", "")
        if not says or by not in {check.name for check in trial.exercise.checks}:
            trial.problem(f"mutants/{name}: head it with rejected_by: CHECK and says: TEXT")
            continue
        for seed in range(min(trial.seeds, MUTANT_SEEDS)):
            named = next(r for r in trial.results(source, seed=seed) if r.name == by)
            if named.passed:
                trial.problem(f"mutants/{name} passes {by} at seed {seed}")
            elif says not in named.text:
                trial.problem(f"mutants/{name}: {by} says {named.text!r}, not {says!r}")
            if named.passed or says not in named.text:
                break
    trial.report.counts["mutants"] = len(mutants)


def _automatic_changes_are_noticed(trial: Trial) -> None:
    # In process also where the answers above ran in a sandbox: the changes are ours.
    outcome = mutation.run(trial.exercise, in_process)
    trial.report.problems += outcome.problems
    trial.report.counts["automatic changes"] = outcome.tried
    trial.report.counts["equivalent"] = len(outcome.survivors)


def _alternatives_pass(trial: Trial) -> None:
    accepts = trial.exercise.sources("accepts")
    if not accepts:
        trial.problem("no alternative right answer in accepts/; write at least one")
    for name, source in accepts.items():
        for seed in range(trial.seeds):
            missed = [result for result in trial.results(source, seed=seed) if not result.passed]
            for result in missed:
                what = f"{result.name} at seed {seed}: {result.text}"
                trial.problem(f"accepts/{name} fails {what}")
            if missed:
                break
    trial.report.counts["alternatives"] = len(accepts)


def _examples_hold(trial: Trial) -> None:
    """The prompt's `>>>` examples are true of the solution; its faulty sketch is wrong."""
    blocks = re.findall(
        r"^```\w*\n(.*?)^```", trial.exercise.prompt, flags=re.DOTALL | re.MULTILINE
    )
    text = "\n\n".join(block for block in blocks if ">>>" in block)
    names: dict[str, Any] = {"__name__": "answer"}
    exec(trial.exercise.solution, names)
    test = doctest.DocTestParser().get_doctest(text, names, trial.exercise.id, None, 0)
    said: list[str] = []
    outcome = doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    if not test.examples:
        trial.problem("the prompt has no numeric example (a fenced `>>>` block)")
    if outcome.failed:
        trial.problem(f"an example of the prompt is not true: {' '.join(said)[-300:]}")
    if trial.exercise.kind == "find-the-fault":
        if not trial.exercise.sketch:
            trial.problem("a find-the-fault prompt shows the faulty sketch as python")
        elif all(result.passed for result in trial.results(trial.exercise.sketch)):
            trial.problem("the sketch in the prompt passes; it must be wrong")


def _hints_are_useful(trial: Trial) -> None:
    trial.report.problems += audit.hints(trial.exercise)


def _messages_are_plain(trial: Trial) -> None:
    trial.report.problems += audit.messages(trial.exercise)


RULES: tuple[Callable[[Trial], None], ...] = (
    _solution_passes,
    _template_is_not_started,
    _bots_score_zero,
    _mutants_are_rejected,
    _automatic_changes_are_noticed,
    _alternatives_pass,
    _examples_hold,
    _hints_are_useful,
    _messages_are_plain,
)
