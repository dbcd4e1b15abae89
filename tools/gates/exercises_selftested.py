"""Every exercise brings what its self-test needs, and every page shows the exercise as generated.

Graders of other courses passed untouched stubs for months, because nothing in the repository
failed on purpose. A folder holds a prompt with hints, a marked reference, checks, at least three
wrong answers that name the check and the sentence they must meet, and one right alternative. On a
page the cell below the prompt is the generated template, so that text and grader cannot drift.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from tools.gates.common import Violation, files, line_of, read
from tools.gates.pages import Block, Page, pages

GATE = "exercises_selftested"
MUTANTS, ACCEPTS, HINTS = 3, 1, 2
KEYS = ("id", "title", "points", "minutes", "difficulty", "objective", "limits")
BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
Found = Iterator[tuple[str, int, str]]
_HINT = re.compile(r"^## Hint \d+[ \t]*$", re.M)


def check(root: Path) -> list[Violation]:
    """Incomplete exercise folders, and pages that show something else than the exercise."""
    folders: dict[str, list[str]] = {}
    found: list[tuple[str, int, str]] = []
    for path in files(root, "exercises/**"):
        parts = path.split("/")
        if len(parts) > 3:
            folders.setdefault("/".join(parts[:3]), []).append("/".join(parts[3:]))
        elif path.endswith("exercise.md"):
            fix = "move it to exercises/<topic>/<slug>/"
            found.append((path, 1, f"the self-test does not pick it up here; {fix}"))
    shown: set[str] = set()
    for page in pages(root):
        found += _page(root, page)
        shown |= {block.argument for block in page.blocks if block.name == "lab-exercise"}
    for folder, names in folders.items():
        if folder.rpartition("/")[2].startswith(("_", ".")):
            continue
        wrong = list(_folder(root, folder, names))
        if not wrong and folder.removeprefix("exercises/") not in shown:
            what = "no page shows this exercise, so nobody meets it in the book"
            wrong = [(f"{folder}/exercise.md", 1, f"{what}; embed it with lab-exercise")]
        found += wrong
    return [Violation(GATE, *rest) for rest in found]


def _folder(root: Path, folder: str, names: list[str]) -> Found:
    for name in names:
        if name.endswith("/exercise.md"):
            fix = "move it to exercises/<topic>/<slug>/"
            yield f"{folder}/{name}", 1, f"the self-test does not pick it up here; {fix}"
    for name in ("exercise.md", "solution.py", "checks.py"):
        if name not in names:
            yield f"{folder}/{name}", 1, f"{name} is missing; add it"
    if "exercise.md" in names:
        yield from _prompt(root, folder)
    if "solution.py" in names:
        yield from _solution(root, f"{folder}/solution.py")
    declared = _declared(read(root, f"{folder}/checks.py")) if "checks.py" in names else set()
    if "checks.py" in names and not declared:
        yield f"{folder}/checks.py", 1, "declares no function with @check; nothing would be graded"
    mutants = [name for name in names if re.fullmatch(r"mutants/[^/]+\.py", name)]
    if len(mutants) < MUTANTS:
        what = f"{len(mutants)} wrong answers, at least {MUTANTS} are needed"
        yield f"{folder}/mutants", 1, f"{what}; write plausible misconceptions"
    for name in mutants:
        yield from _mutant(root, f"{folder}/{name}", declared)
    if sum(bool(re.fullmatch(r"accepts/[^/]+\.py", name)) for name in names) < ACCEPTS:
        yield f"{folder}/accepts", 1, "no alternative right answer; add one that differs in form"


def _prompt(root: Path, folder: str) -> Found:
    path = f"{folder}/exercise.md"
    text = read(root, path)
    parts = re.split(r"^---\s*$", text, maxsplit=2, flags=re.M)
    try:
        front = yaml.safe_load(parts[1]) if len(parts) == 3 else None
    except yaml.YAMLError:
        front = None
    if not isinstance(front, dict):
        yield path, 1, "no front matter between two --- lines"
        return
    for key in KEYS:
        if front.get(key) in (None, "", {}):
            yield path, line_of(text, f"\n{key}:", 0) + 1, f"{key} is missing or empty"
    name = folder.removeprefix("exercises/")
    if front.get("id") and front["id"] != name:
        line = line_of(text, "\nid:", 0) + 1
        yield path, line, f"id {front['id']!r} differs from its folder; write {name}"
    hints = [m for m in _HINT.finditer(text)]
    if len(hints) < HINTS:
        what = f"{len(hints)} hints, at least {HINTS} are needed"
        yield path, 1, f"{what}; write '## Hint 1', from general to specific"
    for hint in hints:
        body = re.split(r"^## ", text[hint.end() :], maxsplit=1, flags=re.M)[0]
        if not body.strip():
            yield path, text.count("\n", 0, hint.start()) + 1, f"{hint[0].strip('# ')} is empty"


def _solution(root: Path, path: str) -> Found:
    marks = [
        (number, line.strip())
        for number, line in enumerate(read(root, path).splitlines(), 1)
        if line.strip() in {BEGIN, END}
    ]
    if not marks:
        yield path, 1, f"no {BEGIN} and {END}; the template would give the answer away"
    for place, (number, mark) in enumerate(marks):
        if mark != (BEGIN, END)[place % 2]:
            yield path, number, f"{mark} is out of order; markers come in pairs"
            return
    if len(marks) % 2:
        yield path, marks[-1][0], f"{BEGIN} without {END}; close the block"


def _declared(source: str) -> set[str]:
    """Names of the functions decorated with ``@check(...)``."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(re.match(r"(\w+\.)?check\b", ast.unparse(d)) for d in node.decorator_list)
    }


def _mutant(root: Path, path: str, declared: set[str]) -> Found:
    text = read(root, path)
    header = {
        key: re.search(rf"^\W*{key}:\s*(\S.*?)\s*$", text, flags=re.M)
        for key in ("rejected_by", "says")
    }
    for key, match in header.items():
        if match is None:
            fix = "name the check that rejects it and the sentence the learner reads"
            yield path, 1, f"header '{key}:' is missing; {fix}"
    named = header["rejected_by"]
    if named and declared:
        for name in re.split(r"[,\s]+", named[1].strip("\"'[] ")):
            if name and name not in declared:
                line = text.count("\n", 0, named.start(1)) + 1
                yield path, line, f"rejected_by names {name!r}, which checks.py does not declare"


def _page(root: Path, page: Page) -> Found:
    for place, block in enumerate(page.blocks):
        if block.name != "lab-exercise":
            continue
        name = block.argument
        folder = root / "exercises" / name
        if not name or not (folder / "exercise.md").is_file():
            what = f"there is no exercise {name!r}"
            yield page.path, block.line, f"{what}; write the id of a folder in exercises/"
            continue
        if not (folder / "solution.py").is_file():
            continue
        cells = [cell for cell in page.blocks[place + 1 :] if cell.name == "code-cell"]
        solution = read(root, f"exercises/{name}/solution.py")
        yield from ((page.path, *rest) for rest in _cells(block, cells, name, solution))


def _cells(block: Block, cells: list[Block], name: str, solution: str) -> Iterator[tuple[int, str]]:
    from lablib.exercises.template import stub

    try:
        template = stub(solution)
    except (ValueError, SyntaxError):
        return  # reported for solution.py itself
    if not cells or "exercise" not in cells[0].tags:
        yield block.line, f"no cell tagged exercise follows {name}; paste the generated template"
        return
    if _plain(cells[0].source) != _plain(template):
        line = _first_difference(cells[0], template)
        yield line, f"the cell is not the template of {name}; paste the generated one"
    shown = cells[1].source if len(cells) > 1 else ""
    if not re.search(rf"\bcheck\(\s*[\"']{re.escape(name)}[\"']", shown):
        yield cells[0].line, f'the cell after the template must call check("{name}")'


def _plain(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _first_difference(cell: Block, template: str) -> int:
    wanted = template.strip().splitlines()
    for (number, line), other in zip(cell.body, wanted, strict=False):
        if line.rstrip() != other.rstrip():
            return number
    return cell.body[-1][0] if cell.body else cell.line
