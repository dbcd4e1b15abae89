"""An autograder for Gradescope as one zip: upload it, and it grades there as `lablib grade` does.

It holds `setup.sh`, `run_autograder`, the exercise engine and the chosen exercises with their
hidden checks and the instructor's seed. Keep it as secret as the seed. Gradescope's containers
have no namespaces, so `auto` means the Landlock sandbox there; `none` must be asked for.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from lablib.exercises import declare

SOURCE = "https://gradescope-autograders.readthedocs.io/en/latest/specs/ (File hierarchy)"
PACKAGE = Path(declare.__file__).resolve().parent.parent
PARTS = ("exercises", "evaluation")
PARTS_OF_AN_EXERCISE = ("exercise.md", "solution.py", "checks.py")
ALWAYS = ("numpy", "platformdirs", "pyyaml", "tqdm")
TIERS = ("auto", "landlock", "bwrap", "none")
DATE = (2020, 1, 1, 0, 0, 0)  # the same input gives the same archive

SETUP = """#!/usr/bin/env bash
# Runs once, as root, when the image is built. Leaves the system's python3 alone: the harness
# that runs around us needs it.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
export DEBIAN_FRONTEND=noninteractive

choose() {
  for name in python3.12 python3.11; do
    if "$name" -c 'import ensurepip' >/dev/null 2>&1; then echo "$name"; return 0; fi
  done
  return 1
}

if ! choose >/dev/null; then
  apt-get update
  apt-get install -y --no-install-recommends python3.11 python3.11-venv \\
    || apt-get install -y --no-install-recommends python3.12 python3.12-venv
fi
"$(choose)" -m venv "$root/environment"
"$root/environment/bin/python" -m pip install --no-cache-dir -r "$root/source/requirements.txt"
PYTHONPATH="$root/source" "$root/environment/bin/python" -P -m \\
  lablib.exercises.reports.export.container --probe "$root"
"""

RUN = """#!/usr/bin/env bash
# Runs for every submission and leaves results/results.json, whatever the submission does.
root="${AUTOGRADER_ROOT:-/autograder}"
python="$root/environment/bin/python"
[ -x "$python" ] || python="${AUTOGRADER_PYTHON:-python3}"
# -P: a learner's file in the current folder must never be imported by the grader.
PYTHONPATH="$root/source" exec "$python" -P -m lablib.exercises.reports.export.container "$root"
"""


def build(
    path: Path,
    exercises: Sequence[str],
    *,
    seed: int,
    sandbox: str = "auto",
    folder: Path | None = None,
    private: Path | None = None,
) -> Path:
    """Write the archive and return its path.

    Parameters
    ----------
    path : Path
        The .zip to write.
    exercises : sequence of str
        Ids of the exercises of this assignment.
    seed : int
        Draws the hidden inputs; the same for every submission.
    sandbox : str
        `auto`, `landlock`, `bwrap`, or `none` for code that you trust.
    folder : Path, optional
        Where the exercises are.
    private : Path, optional
        Folder of private checks, `<topic>/<slug>/checks.py`.
    """
    if not exercises:
        raise ValueError("exercises is empty; name at least one topic/slug")
    if sandbox not in TIERS:
        raise ValueError(f"sandbox is {sandbox!r}; choose one of {', '.join(TIERS)}")
    loaded = [declare.load(name, folder) for name in exercises]
    setting = {
        "exercises": [one.id for one in loaded],
        "seed": seed,
        "sandbox": sandbox,
        "private": private is not None,
    }
    needs = [name for one in loaded for name in one.needs]
    files = {
        "setup.sh": SETUP.encode(),
        "run_autograder": RUN.encode(),
        "autograder.json": json.dumps(setting, indent=1).encode(),
        "requirements.txt": "".join(f"{line}\n" for line in requirements(needs)).encode(),
        **dict(_engine()),
    }
    for one in loaded:
        for name in PARTS_OF_AN_EXERCISE:
            files[f"lablib/_exercises/{one.id}/{name}"] = (one.folder / name).read_bytes()
        hidden = private / one.id / "checks.py" if private is not None else None
        if hidden is not None and hidden.is_file():
            files[f"private/{one.id}/checks.py"] = hidden.read_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, DATE)
            mode = 0o755 if name in ("setup.sh", "run_autograder") else 0o644
            entry.external_attr, entry.create_system = (0o100000 | mode) << 16, 3
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return part.replace(path)


def requirements(needs: Sequence[str] = ()) -> list[str]:
    """Lines for pip: what grading needs and the modules an exercise names, as installed here."""
    owners = metadata.packages_distributions()
    names = {*ALWAYS, *(owners.get(module, [module])[0].lower() for module in needs)}
    lines = []
    for name in sorted(names):
        try:
            lines.append(f"{name}=={metadata.version(name)}")
        except metadata.PackageNotFoundError:
            lines.append(name)
    return lines


def _engine() -> Iterator[tuple[str, bytes]]:
    """The part of `lablib` that grades; no topic, no exercise."""
    yield "lablib/__init__.py", (PACKAGE / "__init__.py").read_bytes()
    for part in PARTS:
        for path in sorted((PACKAGE / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                yield f"lablib/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes()
