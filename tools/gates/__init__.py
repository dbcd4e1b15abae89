"""The project's rules as code: each gate reads the tree and names every line that breaks its rule.

A gate is one module with ``check(root) -> list[Violation]`` and a docstring that says which past
mistake it prevents. Each is proven in ``tests/gates/`` by a clean tree and planted violations.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from tools.gates.common import Violation, waived

NAMES = (
    "import_direction",
    "module_size",
    "docstring_coverage",
    "alt_text",
    "prose_decimals",
    "third_party",
    "cards_complete",
    "exercises_selftested",
    "links",
    "page_contract",
    "word_list",
    "silent_green",
    "redirects",
    "language_drift",
)
# Only rules about words have honest exceptions: a sandbox must name the folders it hides.
WAIVABLE = frozenset({"word_list"})


def gate(name: str) -> Callable[[Path], list[Violation]]:
    """The `check` function of the gate called `name`."""
    if name not in NAMES:
        raise ValueError(f"name={name!r}: no such gate; choose from {', '.join(NAMES)}")
    check: Callable[[Path], list[Violation]] = import_module(f"tools.gates.{name}").check
    return check


def run(root: Path, names: Sequence[str] = NAMES) -> tuple[dict[str, list[Violation]], int]:
    """Violations of every named gate, and how many were waived on their own line."""
    found: dict[str, list[Violation]] = {}
    dropped = 0
    for name in names:
        raw = gate(name)(root)
        kept = [v for v in raw if name not in WAIVABLE or not waived(root, v)]
        dropped += len(raw) - len(kept)
        found[name] = sorted(set(kept))
    return found, dropped


def main(argv: Sequence[str] | None = None) -> int:
    """Print one line a violation and a closing count; return 1 if any gate failed."""
    parser = argparse.ArgumentParser(prog="python -m tools.gates", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="tree to check")
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of {', '.join(NAMES)}")
    options = parser.parse_args(argv)
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"no gate called {', '.join(unknown)}; choose from {', '.join(NAMES)}")
    root = options.root.resolve()
    if not root.is_dir():
        parser.error(f"--root {options.root} is not a folder")
    found, dropped = run(root, options.names or NAMES)
    for violations in found.values():
        for violation in violations:
            print(violation)
    failed = sum(bool(violations) for violations in found.values())
    note = f" ({dropped} lines waived with a reason)" if dropped else ""
    print(f"{len(found) - failed} gates passed, {failed} failed{note}")
    sys.stdout.flush()
    return 1 if failed else 0
