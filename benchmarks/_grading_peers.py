"""otter-grader and nbgrader on the exercise of `grading.py`, each as its documentation says.

otter: `otter run`, one process a submission, as many side by side as cores. nbgrader: `nbgrader
autograde` of the whole assignment, which grades one after the other. Each tool gets an environment
of its own in .cache/peers, made once.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

PEERS = Path(__file__).resolve().parents[1] / ".cache" / "peers"
SHARED = ("ipykernel==7.4.0", f"numpy=={np.__version__}")
POINTS = 3

# The checks of grading.py's exercise, in the form of each tool.
CASES = {
    "perfect_is_zero": (1, "assert abs(gap([1, 0, 1], [1, 0, 1])) < 1e-9"),
    "any_scores": (
        2,
        "rng = np.random.default_rng(0)\nfor _ in range(5):\n"
        "    score, label = rng.random(40), rng.integers(0, 2, 40)\n"
        "    assert abs(gap(score, label) - np.mean(np.abs(score - label))) < 1e-9",
    ),
}
OTTER_CASE = """
@test_case(points={points}, hidden={hidden})
def {name}(gap):
    import numpy as np
    {body}
"""


class MissingError(RuntimeError):
    """The tool cannot be installed here."""


class Peer:
    """A tool in its own environment."""

    name, requirement = "", ""

    def __init__(self) -> None:
        self.folder, self.version = PEERS / self.name, self.requirement
        wanted = " ".join((self.requirement, *SHARED))
        mark = self.folder / "installed.txt"
        if not mark.exists() or mark.read_text() != wanted:
            print(f"installing {wanted} into .cache/peers/{self.name}, once", flush=True)
            python = str(self.folder / "bin" / "python")
            self._install([sys.executable, "-m", "venv", str(self.folder)])
            self._install([python, "-m", "pip", "install", "-q", self.requirement, *SHARED])
            mark.write_text(wanted)

    def _install(self, command: Sequence[str]) -> None:
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
        except subprocess.CalledProcessError as error:
            said = [line for line in error.stderr.splitlines() if line.startswith("ERROR")]
            raise MissingError(said[-1] if said else error.stderr[-300:]) from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise MissingError(str(error)) from None

    def call(self, *words: str, cwd: Path) -> None:
        """Run the tool; RuntimeError with the end of what it said if it fails."""
        path = self.folder / "bin"
        done = subprocess.run(
            [str(path / words[0]), *words[1:]],
            cwd=cwd,
            env={
                **os.environ,
                "PATH": f"{path}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(cwd),
                "OMP_NUM_THREADS": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(
                f"{' '.join(words)} ended with {done.returncode}: {done.stdout[-800:]}"
            )


class Otter(Peer):
    """`otter run` for every submission."""

    name, requirement = "otter", "otter-grader==7.0.0"

    def prepare(self, folder: Path, answers: Mapping[str, str]) -> None:
        """Write the submissions and the autograder."""
        (folder / "tests").mkdir()
        lines = ["from otter.test_files import test_case", "OK_FORMAT = False", 'name = "gap"']
        for hidden, (name, (points, body)) in enumerate(CASES.items()):
            body = body.replace("\n", "\n    ")
            lines.append(
                OTTER_CASE.format(name=name, points=points, hidden=bool(hidden), body=body)
            )
        (folder / "tests" / "gap.py").write_text(
            "\n".join([*lines[:3], "points = None", *lines[3:]])
        )
        self.call("otter", "generate", "-t", "tests", "-o", "auto.zip", cwd=folder)
        for name, text in answers.items():
            (folder / name).mkdir()
            (folder / f"{name}.ipynb").write_text(notebook([code(text)]))

    def run(self, folder: Path, jobs: int) -> None:
        """Grade all, `jobs` side by side."""

        def one(name: str) -> None:
            self.call("otter", "run", f"{name}.ipynb", "-a", "auto.zip", "-o", name, cwd=folder)

        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(one, sorted(path.stem for path in folder.glob("*.ipynb"))))

    def read(self, folder: Path) -> dict[str, float]:
        """The share of the points of each."""
        return {
            path.parent.name: sum(
                float(test.get("score", 0)) for test in json.loads(path.read_text())["tests"]
            )
            / POINTS
            for path in folder.glob("*/results.json")
        }


class Nbgrader(Peer):
    """`nbgrader autograde` of the assignment."""

    name, requirement = "nbgrader", "nbgrader==0.9.6"

    def prepare(self, folder: Path, answers: Mapping[str, str]) -> None:
        """Write the course, its gradebook and the submissions."""
        source = folder / "source" / "ps1" / "gap.ipynb"
        source.parent.mkdir(parents=True)
        source.write_text(nbgrader_notebook("### BEGIN SOLUTION\nx = 1\n### END SOLUTION"))
        self.call("nbgrader", "generate_assignment", "ps1", cwd=folder)
        for name, text in answers.items():
            path = folder / "submitted" / name / "ps1" / "gap.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(nbgrader_notebook(text))

    def run(self, folder: Path, _jobs: int) -> None:
        """Grade all. It has no option to use more cores than one."""
        self.call("nbgrader", "autograde", "ps1", cwd=folder)

    def read(self, folder: Path) -> dict[str, float]:
        """The share of the points of each, from its export."""
        self.call("nbgrader", "export", cwd=folder)
        with (folder / "grades.csv").open() as file:
            return {row["student_id"]: float(row["score"]) / POINTS for row in csv.DictReader(file)}


def code(text: str, **metadata: Any) -> dict[str, Any]:
    """A code cell."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": text,
    }


def notebook(cells: Sequence[dict[str, Any]]) -> str:
    """The text of a notebook."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    listed = [{**cell, "id": f"cell{number}"} for number, cell in enumerate(cells)]
    return json.dumps(
        {"cells": listed, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    )


def nbgrader_notebook(answer: str) -> str:
    """An answer cell and a cell for each check."""
    about = {"schema_version": 3, "locked": False, "task": False}
    cells = [code(answer, nbgrader={**about, "grade_id": "a", "grade": False, "solution": True})]
    for name, (points, body) in CASES.items():
        told = {**about, "grade_id": name, "grade": True, "solution": False, "points": points}
        cells.append(code(f"import numpy as np\n{body}", nbgrader={**told, "locked": True}))
    return notebook(cells)
