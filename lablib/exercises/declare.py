"""Read an exercise folder into one frozen object, or say what is wrong with the folder.

Folders live in `exercises/<topic>/<slug>/` of a checkout and in `lablib/_exercises/` of an
installed package. This module executes `checks.py` (ours, trusted) and never `solution.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lablib.exercises import checks, template

KINDS = ("implement", "measure", "find-the-fault", "argue")
TOPICS = (
    "start",
    "language-models",
    "explainability",
    "fairness",
    "privacy",
    "robustness",
    "efficiency",
    "applications",
    "deployment",
)
FIELDS = {
    "id": str,
    "title": str,
    "page": str,
    "points": int,
    "minutes": int,
    "difficulty": int,
    "objective": str,
    "kind": str,
    "limits": dict,
    "needs": list,
}
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*")
DIFFICULTY = re.compile(r"^difficulty: *([0-9])", re.MULTILINE)
FENCE = re.compile(r"^(```+|~~~+)")


class ExerciseError(ValueError):
    """An exercise folder is missing or broken; names the file, the fault and the fix."""


@dataclass(frozen=True)
class Limits:
    """Wall seconds for one call and memory in MB for the learner's process."""

    seconds: float
    memory_mb: int


@dataclass(frozen=True)
class Exercise:
    """Everything in a folder. `hints` go from general to specific; `functions` are to be written.

    `sketch` is the faulty code shown in the prompt of a find-the-fault exercise, else empty.
    """

    id: str
    title: str
    page: str
    points: int
    minutes: int
    difficulty: int
    objective: str
    kind: str
    limits: Limits
    needs: tuple[str, ...]
    prompt: str
    hints: tuple[str, ...]
    why: str
    folder: Path
    checks: tuple[checks.Check, ...]
    functions: tuple[str, ...]
    solution: str

    @property
    def sketch(self) -> str:
        """Plain python blocks of the prompt (those without a `>>>` example), joined."""
        blocks = re.findall(r"^```python\n(.*?)^```", self.prompt, flags=re.DOTALL | re.MULTILINE)
        return "\n".join(block for block in blocks if ">>>" not in block)

    def sources(self, kind: str) -> dict[str, str]:
        """File name to text of `mutants` or `accepts`, sorted by name."""
        paths = sorted((self.folder / kind).glob("*.py"))
        return {path.name: path.read_text(encoding="utf-8") for path in paths}


def root() -> Path:
    """The folder of all exercises: the checkout's, else the installed package's."""
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent
    ours = (checkout / "pyproject.toml").is_file() and (checkout / "exercises").is_dir()
    return checkout / "exercises" if ours else package / "_exercises"


def find(folder: Path | None = None) -> tuple[str, ...]:
    """Ids of all exercises: by topic in the order of the course, the easier first, then by name."""
    base = folder or root()
    places = {topic: place for place, topic in enumerate(TOPICS)}

    def order(path: Path) -> tuple[int, str, str]:
        found = DIFFICULTY.search(path.read_text(encoding="utf-8", errors="replace"))
        topic = path.parent.parent.name
        return places.get(topic, len(places)), found[1] if found else "", path.parent.as_posix()

    paths = sorted(base.glob("*/*/exercise.md"), key=order)
    return tuple(path.parent.relative_to(base).as_posix() for path in paths)


def load(exercise_id: str, folder: Path | None = None) -> Exercise:
    """The exercise `topic/slug` (below `folder`, by default below `root()`).

    Raises
    ------
    ExerciseError
        If there is none of that name (lists the near ones) or its folder is broken.
    """
    base = folder or root()
    if not ID.fullmatch(exercise_id):
        raise ExerciseError(f"exercise {exercise_id!r}: an id looks like topic/slug")
    path = base / exercise_id
    if not (path / "exercise.md").is_file():
        topic = exercise_id.split("/")[0]
        near = [name for name in find(base) if name.startswith(f"{topic}/")] or find(base)
        raise ExerciseError(f"no exercise {exercise_id!r}; there are: {', '.join(near) or 'none'}")
    meta, body = _front_matter(path)
    if meta["id"] != exercise_id:
        raise ExerciseError(f"{exercise_id}/exercise.md: id is {meta['id']!r}; use the folder name")
    prompt, hints, why = _sections(body, exercise_id)
    solution = _read(path, "solution.py")
    fields: dict[str, Any] = {key: meta[key] for key in FIELDS if key not in {"limits", "needs"}}
    exercise = Exercise(
        **fields,
        limits=_limits(meta["limits"], exercise_id),
        needs=tuple(str(name) for name in meta["needs"]),
        prompt=prompt,
        hints=hints,
        why=why,
        folder=path,
        checks=_checks(path, exercise_id),
        functions=_functions(solution, exercise_id),
        solution=solution,
    )
    _consistent(exercise)
    return exercise


def _read(path: Path, name: str) -> str:
    file = path / name
    if not file.is_file():
        raise ExerciseError(f"{path.parent.name}/{path.name}: {name} is missing; add it")
    return file.read_text(encoding="utf-8")


def _front_matter(path: Path) -> tuple[dict[str, Any], str]:
    where = f"{path.parent.name}/{path.name}/exercise.md"
    parts = re.split(r"^---[ ]*$", _read(path, "exercise.md"), maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise ExerciseError(f"{where}: start the file with YAML front matter between two `---`")
    try:
        meta = yaml.safe_load(parts[1])
    except yaml.YAMLError as error:
        raise ExerciseError(f"{where}: the front matter is not YAML: {error}") from None
    if not isinstance(meta, dict):
        raise ExerciseError(f"{where}: the front matter is not a list of `key: value`")
    if wrong := set(FIELDS) ^ set(meta):
        raise ExerciseError(f"{where}: missing or unknown keys {sorted(wrong)}; keys: {[*FIELDS]}")
    for key, kind in FIELDS.items():
        if type(meta[key]) is not kind:
            raise ExerciseError(f"{where}: {key} is {meta[key]!r}; write a {kind.__name__}")
    if meta["kind"] not in KINDS:
        raise ExerciseError(f"{where}: kind is {meta['kind']!r}; choose one of {KINDS}")
    if not 1 <= meta["difficulty"] <= 5:
        raise ExerciseError(f"{where}: difficulty is {meta['difficulty']}; choose 1 to 5")
    return meta, parts[2]


def _sections(body: str, where: str) -> tuple[str, tuple[str, ...], str]:
    """Split the body at `## ` headings outside fences into prompt, hints and why."""
    found: dict[str, list[str]] = {"": []}
    heading, fenced = "", False
    for line in body.splitlines():
        fenced ^= bool(FENCE.match(line))
        if line.startswith("## ") and not fenced:
            heading = line[3:].strip()
            if heading in found:
                raise ExerciseError(f"{where}/exercise.md: heading {heading!r} occurs twice")
            found[heading] = []
        else:
            found[heading].append(line)
    texts = {name: "\n".join(lines).strip() for name, lines in found.items()}
    prompt, why = texts.pop(""), texts.pop("Why it matters", "")
    hints = tuple(texts.pop(f"Hint {number}", "") for number in range(1, len(texts) + 1))
    if texts or not hints:
        raise ExerciseError(
            f"{where}/exercise.md: headings must be `## Hint 1`, `## Hint 2`, ... and "
            f"`## Why it matters`; not understood: {sorted(texts) or 'no hint at all'}"
        )
    if not prompt or not why:
        raise ExerciseError(f"{where}/exercise.md: write a prompt and a `## Why it matters`")
    return prompt, hints, why


def _limits(raw: Mapping[str, Any], where: str) -> Limits:
    if set(raw) != {"seconds", "memory_mb"} or not all(
        type(value) in {int, float} and value > 0 for value in raw.values()
    ):
        raise ExerciseError(f"{where}: limits is {raw}; write {{seconds: 5, memory_mb: 1000}}")
    return Limits(float(raw["seconds"]), int(raw["memory_mb"]))


def _checks(path: Path, where: str) -> tuple[checks.Check, ...]:
    names: dict[str, Any] = {"__name__": f"checks of {where}"}
    try:
        exec(compile(_read(path, "checks.py"), str(path / "checks.py"), "exec"), names)
    except ExerciseError:
        raise
    except Exception as error:
        raise ExerciseError(f"{where}/checks.py: {type(error).__name__}: {error}") from error
    return checks.declared(names)


def _functions(solution: str, where: str) -> tuple[str, ...]:
    """Names of the top-level functions that hold a solution block."""
    try:
        tree = ast.parse(solution)
        blocks = template.blocks(solution)
    except (SyntaxError, ValueError) as error:
        raise ExerciseError(f"{where}/solution.py: {error}") from None
    tops = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    names = tuple(
        node.name
        for node in tops
        if any(node.lineno <= first <= (node.end_lineno or 0) for first, _ in blocks)
    )
    if not names:
        raise ExerciseError(f"{where}/solution.py: put # BEGIN/END SOLUTION inside a function")
    return names


def _consistent(exercise: Exercise) -> None:
    where = f"{exercise.id}/checks.py"
    total = sum(item.points for item in exercise.checks)
    if total != exercise.points:
        raise ExerciseError(
            f"{where}: points add up to {total}, exercise.md says {exercise.points}"
        )
    for public in (True, False):
        if not any(item.public is public for item in exercise.checks):
            raise ExerciseError(f"{where}: needs at least one check with public={public}")
    for item in exercise.checks:
        if item.hint is not None and not 1 <= item.hint <= len(exercise.hints):
            raise ExerciseError(f"{where}: {item.name} names hint {item.hint}, which is not there")
        if item.points <= 0:
            raise ExerciseError(f"{where}: {item.name} earns {item.points}; give it points")
