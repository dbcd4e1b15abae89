"""The `lablib` command: every verb calls one function of the package and prints what it returns."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from lablib import __version__
from lablib.settings import split

SCALES = ("quick", "medium", "full")
RUN_OPTIONS = ("--all", "--scale", "--save", "--out", "--help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns 0 on success, 1 on a failure, 2 on wrong input."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    settings: dict[str, str] = {}
    try:
        if words[:1] == ["run"]:
            words, settings = split(words, known=RUN_OPTIONS)
        options = _parser().parse_args(words)
        if options.verb is _run:
            options.settings = settings
        text, code = options.verb(options)
    except (ValueError, OSError) as problem:
        print(f"lablib: {problem}", file=sys.stderr)
        return 2
    except (AssertionError, RuntimeError) as problem:
        print(f"lablib: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    try:
        if text:
            print(text, flush=True)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lablib", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    verbs.add_parser("doctor", help="is this machine ready?").set_defaults(verb=_doctor)

    data = verbs.add_parser("data", help="list, fetch or show data cards")
    actions = data.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="all cards").set_defaults(verb=_data_list)
    for action, verb in (("fetch", _data_fetch), ("show", _data_show)):
        one = actions.add_parser(action, help=f"{action} one card")
        one.add_argument("name")
        one.set_defaults(verb=verb)

    run = verbs.add_parser(
        "run",
        help="run experiments and hold them to their bands",
        allow_abbrev=False,
        epilog="Any setting of an experiment can be given too, such as --seeds 0,1 or, for "
        "language-models/ner, --data DIR --model NAME; then no band is checked.",
    )
    run.add_argument("names", nargs="*", metavar="TOPIC/EXPERIMENT")
    run.add_argument("--all", action="store_true", help="every experiment")
    run.add_argument(
        "--scale",
        default="quick",
        choices=SCALES,
        help="a minute; half an hour of a processor, where there is such a scale; or all there is",
    )
    run.add_argument("--save", action="store_true", help="write the record to results/")
    run.add_argument("--out", metavar="FOLDER", help="write the record to a folder of yours")
    run.set_defaults(verb=_run)

    card = verbs.add_parser("card", help="print the model card of a committed record")
    card.add_argument("name", metavar="TOPIC/EXPERIMENT")
    card.add_argument("--scale", default="full", choices=SCALES)
    card.set_defaults(verb=_card)

    from lablib.explainability.report import commands as explaining
    from lablib.fairness.report import commands as comparing

    explaining.add_verb(verbs)
    comparing.add_verb(verbs)
    _exercise_verbs(verbs)
    _teaching_verbs(verbs)
    return parser


def _exercise_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for name, text in (
        ("start", "write an exercise's template to answers/, never over an existing file"),
        ("check", "check an answer"),
        ("hint", "show the next hint"),
        ("solution", "show the solution"),
    ):
        one = verbs.add_parser(name, help=text)
        one.add_argument("exercise", metavar="TOPIC/EXERCISE")
        if name in ("start", "check"):
            one.add_argument(
                "--file", help="your .py or .ipynb (default answers/TOPIC/EXERCISE.py)"
            )
        if name == "check":
            one.add_argument("--watch", action="store_true", help="check again at every save")
        one.set_defaults(verb=_exercise, action=name)
    verbs.add_parser("next", help="the next exercise to do").set_defaults(verb=_next)
    verbs.add_parser("progress", help="what you have passed").set_defaults(verb=_progress)
    selftest = verbs.add_parser("selftest", help="test the exercises themselves")
    selftest.add_argument("exercises", nargs="*", metavar="TOPIC/EXERCISE")
    selftest.add_argument("--sandbox", action="store_true", help="as the grader runs them")
    selftest.set_defaults(verb=_selftest)


def _teaching_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from lablib.exercises.grading import commands as grading
    from lablib.exercises.reports import commands as reports

    grade = verbs.add_parser("grade", help="grade a folder or zip of submissions in a sandbox")
    grading.add_arguments(grade)
    grade.set_defaults(verb=grading.grade)
    reports.add_verbs(verbs)
    build = verbs.add_parser("exercises", help="generate notebooks for learners and instructors")
    build.add_argument("--check", action="store_true", help="only say what is stale")
    build.add_argument("--force", action="store_true", help="overwrite edited files too")
    build.set_defaults(verb=_exercises)


def _exercises(options: argparse.Namespace) -> tuple[str, int]:
    from lablib.exercises import notebooks

    return notebooks.command(check=options.check, force=options.force)


def _doctor(_: argparse.Namespace) -> tuple[str, int]:
    from lablib import doctor

    return doctor.report(doctor.examine())


def _data_list(_: argparse.Namespace) -> tuple[str, int]:
    from lablib.data import commands

    return commands.list_cards(), 0


def _data_fetch(options: argparse.Namespace) -> tuple[str, int]:
    from lablib.data import commands

    return commands.fetch_card(options.name, progress=sys.stderr.isatty()), 0


def _data_show(options: argparse.Namespace) -> tuple[str, int]:
    from lablib.data import commands

    return commands.show_card(options.name), 0


def _run(options: argparse.Namespace) -> tuple[str, int]:
    from lablib import experiment, record

    if bool(options.names) == options.all:
        raise ValueError("give one or more experiments, or --all; known: " + _known())
    other = [name for name in options.settings if name not in experiment.PLACES]
    if other and options.save:
        raise ValueError(
            f"--save keeps the record of the settings of scale {options.scale}, and "
            f"{', '.join(other)} would change them; write it with --out FOLDER"
        )
    lines = []
    for name in experiment.names() if options.all else options.names:
        changed = options.settings and experiment.read_settings(
            name, options.settings, scale=options.scale
        )
        result = experiment.run(
            name,
            scale=options.scale,
            progress=sys.stderr.isatty(),
            save=record.results_folder() if options.save else options.out,
            **changed,
        )
        lines.append(f"{name}.{options.scale}  {result.cost['wall_seconds']} s")
        if other:
            used = ", ".join(f"{key} {value}" for key, value in result.config.items())
            lines += [f"  settings: {used}", "  bands not checked: they are for other settings"]
        for key, metric in result.metrics.items():
            bounds = metric.interval
            text = f" [{bounds.low:.4f}, {bounds.high:.4f}]" if bounds else ""
            lines.append(f"  {key} = {metric.value:.4f}{text}")
    return "\n".join(lines), 0


def _card(options: argparse.Namespace) -> tuple[str, int]:
    from lablib import record
    from lablib.deployment.cards import model_card

    return model_card(record.load(options.name, scale=options.scale)), 0


def _known() -> str:
    from lablib import experiment

    return ", ".join(experiment.names())


def _exercise(options: argparse.Namespace) -> tuple[str, int]:
    from lablib.exercises import commands

    if options.action == "check":
        if options.watch:
            for text in commands.watch(options.exercise, file=options.file):
                print(text, flush=True)
            return "", 0
        return commands.check(options.exercise, file=options.file)
    if options.action == "start":
        return commands.start(options.exercise, file=options.file)
    verb = {"hint": commands.hint, "solution": commands.solution}
    return verb[options.action](options.exercise)


def _next(_: argparse.Namespace) -> tuple[str, int]:
    from lablib.exercises import commands

    return commands.next_exercise()


def _progress(_: argparse.Namespace) -> tuple[str, int]:
    from lablib.exercises import commands

    return commands.progress()


def _selftest(options: argparse.Namespace) -> tuple[str, int]:
    from lablib.exercises import commands

    return commands.selftest(options.exercises, sandboxed=options.sandbox)


if __name__ == "__main__":
    raise SystemExit(main())
