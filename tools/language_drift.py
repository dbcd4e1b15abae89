"""Say that a translation has been compared with today's English text.

    python -m tools.language_drift                      # what is stale or differs
    python -m tools.language_drift --seen zh/book/setup.md [...]

`--seen` writes the hash of the English prose into the translation. Do it after reading both: the
gate `language_drift` trusts it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools import digest
from tools.gates import language_drift


def seen(root: Path, path: str) -> bool:
    """Stamp the translation at `path`; False if its stamp was right already.

    Raises
    ------
    ValueError
        If `path` is no translation of a file that exists.
    """
    _, _, original = path.partition("/")
    if not (root / path).is_file() or not (root / original).is_file():
        raise ValueError(f"{path}: write a translation's path, such as zh/book/setup.md")
    text = (root / path).read_text(encoding="utf-8")
    english = (root / original).read_text(encoding="utf-8")
    stamped = _stamped(path, text, language_drift.fingerprint(original, english))
    if stamped == text:
        return False
    (root / path).write_text(stamped, encoding="utf-8")
    return True


def _stamped(path: str, text: str, mark: str) -> str:
    # Exercises and quizzes know exactly which keys they have: there the stamp is a comment.
    line = f"{'# ' if '/exercises/' in path else ''}translates: {mark}"
    if language_drift.STAMP.search(text):
        return language_drift.STAMP.sub(line, text, count=1)
    if path.endswith(".yml"):
        return f"{line}\n{text}"
    if text.startswith("---\n"):
        return text.replace("---\n", f"---\n{line}\n", 1)
    return f"---\n{line}\n---\n\n{text}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--root", type=Path, default=digest.ROOT, help="the book's folder")
    parser.add_argument("--seen", nargs="+", metavar="PATH", help="translations to stamp")
    options = parser.parse_args()
    root = options.root.resolve()
    for path in options.seen or ():
        print(f"{path}: {'stamped' if seen(root, path) else 'was stamped already'}")
    found = language_drift.check(root)
    for violation in found:
        print(violation)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
