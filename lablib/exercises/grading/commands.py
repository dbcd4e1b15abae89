"""The verb `lablib grade`: text to print and the exit code.

0: everything was graded; 1: some row could not be, and the text names it. Wrong input raises
ValueError, which the command line turns into 2.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from pathlib import Path

from lablib.exercises.grading.run import grade_folder

SANDBOXES = ("auto", "bwrap", "landlock", "none")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `lablib grade`."""
    parser.add_argument("folder", metavar="DIR", help="folder or .zip of submissions")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="answers side by side")
    parser.add_argument("--seed-file", metavar="FILE", help="a number or any text; keep it secret")
    parser.add_argument("--private", metavar="DIR", help="private checks, DIR/TOPIC/SLUG/checks.py")
    parser.add_argument("--out", default="results", metavar="DIR", help="default: results/")
    parser.add_argument("--exercise", action="append", metavar="ID", help="exercise or topic")
    parser.add_argument("--sandbox", default="auto", choices=SANDBOXES)
    parser.add_argument(
        "--no-sandbox", action="store_true", help="run learners' code unprotected: only your own"
    )


def grade(options: argparse.Namespace) -> tuple[str, int]:
    """Grade a folder of submissions and write results."""
    if options.no_sandbox and options.sandbox not in ("auto", "none"):
        raise ValueError("--no-sandbox and --sandbox contradict each other; give one of them")
    summary = grade_folder(
        Path(options.folder),
        out=Path(options.out),
        jobs=options.jobs,
        seed=read_seed(Path(options.seed_file)) if options.seed_file else None,
        private=Path(options.private) if options.private else None,
        sandbox="none" if options.no_sandbox else options.sandbox,
        exercises=options.exercise,
        progress=sys.stderr.isatty(),
    )
    return str(summary), 1 if summary.problems else 0


def read_seed(path: Path) -> int:
    """The seed in a file: its number if it holds one (up to 18 digits), else a hash of its text.

    Raises
    ------
    ValueError
        If the file cannot be read as text, or is empty.
    """
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ValueError(f"the seed file {path} is not text; write a number or a phrase") from None
    if not text:
        raise ValueError(f"the seed file {path} is empty; write a number or a phrase")
    if re.fullmatch(r"[0-9]{1,18}", text):
        return int(text)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
