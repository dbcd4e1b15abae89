"""Make the notebook that a learner downloads from a page's source.

    python -m tools.learner_notebook chapters/start/claims-and-intervals [-o FILE]

Code cells come without outputs; prose without directives that only the site understands; numbers
in the prose have the values of the book's own run; exercises come without their solutions.
"""

from __future__ import annotations

import argparse
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from tools import digest, toc, words
from tools.cell_cache import CellCache
from tools.notebook_source import read
from tools.plain_markdown import Expand, plain

LEFT_OUT = {"solution", "remove-from-notebook"}


def make(root: Path, page: str) -> Any:
    """The learner's notebook of `page` (an nbformat node). ValueError if the page runs no code."""
    import nbformat

    source = read(root, page)
    if source is None:
        raise ValueError(f"page {page!r} has no code cells; only executable pages become notebooks")
    executed = CellCache(root).executed(source.notebook)
    expand = expansions(root, source.text, glued(executed) if executed else {})
    cells = [nbformat.v4.new_markdown_cell(_preface(root, page))]
    for cell in source.notebook.cells:
        if cell.cell_type == "markdown":
            text = plain(cell.source, expand)
            cells += [nbformat.v4.new_markdown_cell(text)] if text else []
        elif not LEFT_OUT.intersection(cell.metadata.get("tags", [])):
            cells.append(_code(cell))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def write(root: Path, page: str, target: Path) -> None:
    """Write the notebook of `page` to `target`, after a validity check."""
    import nbformat

    notebook = make(root, page)
    nbformat.validate(notebook)
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)


def _code(cell: Any) -> Any:
    import nbformat

    tags = [tag for tag in cell.metadata.get("tags", []) if tag == "exercise"]
    hidden = {"remove-cell", "hide-input", "hide-cell", "remove-input"}
    metadata: dict[str, Any] = {"tags": tags} if tags else {}
    if hidden.intersection(cell.metadata.get("tags", [])):
        metadata["jupyter"] = {"source_hidden": True}  # still runs; folded away when opened
    return nbformat.v4.new_code_cell(cell.source, metadata=metadata)


def _preface(root: Path, page: str) -> str:
    say = words.of_book(root)
    text = say(
        "Notebook of the page `{page}`. It runs where the course's package `lablib` is installed: "
        "in a checkout, `make setup` and then `.venv/bin/jupyter lab`.",
        page=page,
    )
    return f"*{text}*"


def glued(notebook: Any) -> dict[str, Any]:
    """Values that the page's run handed to its prose, by name."""
    values: dict[str, Any] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            data = output.get("data", {})
            for kind in ("text/plain", "application/papermill.record/text/plain"):
                if name and kind in data:
                    values[name] = data[kind]
    return values


def expansions(root: Path, text: str, values: dict[str, Any]) -> Expand:
    """What lesson boxes, exercises, glued numbers and citations of a page stand for."""
    lesson = toc.front_matter(text).get("lesson") or {}
    roles = {name: lambda body: glue_text(body, values) for name in ("glue:", "glue:text", "glue")}
    cites = {name: lambda body: citation(root, body, True) for name in ("cite", "cite:p")}
    textual = {"cite:t": lambda body: citation(root, body, False)}
    directives = {
        "lesson": lambda _: lesson_box(root, lesson),
        "lab-exercise": lambda argument: exercise_prompt(root, argument.strip()),
        "quiz": lambda argument: quiz(root, argument.strip()),
        "exercise-progress": lambda _: "",  # the site's own count
    }
    return Expand(directives, {**roles, **cites, **textual})


def quiz(root: Path, topic: str) -> str:
    """The questions of a topic, each option with its explanation."""
    from lablib.exercises import quizzes

    return quizzes.markdown(quizzes.load(topic, root / "exercises"))


def glue_text(body: str, values: dict[str, Any]) -> str:
    """`name` or `name:format`: the value as the page shows it, else the name."""
    name, _, form = body.partition(":")
    if name not in values:
        return f"`{name}`"
    value = str(values[name]).strip("'\"")
    return format(float(value), form) if form else value


def lesson_box(root: Path, lesson: dict[str, Any]) -> str:
    """The lesson's claim, objectives and prerequisites in plain Markdown."""
    if not lesson:
        return ""
    say = words.of_book(root)
    goals = "\n".join(f"- {goal}" for goal in lesson.get("objectives", ()))
    needs = ", ".join(title(root, f"chapters/{name}") for name in lesson.get("needs", ()))
    return (
        f"**{say('Claim')}.** {lesson['claim']}\n\n"
        f"**{say('After this page you can')}**\n\n{goals}\n\n"
        f"**{say('Before this page')}:** {needs or say('nothing but Python')}. "
        f"**{say('Your time')}:** "
        f"{say('about {minutes} minutes', minutes=lesson['minutes'])}."
    )


def title(root: Path, page: str) -> str:
    """A page's first heading, or its name."""
    path = toc.source(root, page)
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return next((line[2:].strip() for line in lines if line.startswith("# ")), page)


def exercise_prompt(root: Path, name: str) -> str:
    """Title, cost and prompt of an exercise; hints come from `hint(...)`, no solution."""
    from lablib.exercises import declare

    exercise = declare.load(name, root / "exercises")
    nothing = Expand({}, {})
    say = words.of_book(root)
    facts = say(
        "{points} points, about {minutes} minutes, difficulty {difficulty} of 5",
        points=exercise.points,
        minutes=exercise.minutes,
        difficulty=exercise.difficulty,
    )
    hint = f'`from lablib.exercises import hint; hint("{exercise.id}")`'
    return (
        f"### {say('Exercise: {title}', title=exercise.title)}\n\n{facts}\n\n"
        f"{plain(exercise.prompt, nothing)}\n\n{say('A hint: {call}.', call=hint)}"
    )


def citation(root: Path, body: str, parenthesis: bool) -> str:
    """`key, key` as authors and year."""
    known = bibliography(root)
    parts = []
    for key in (part.strip() for part in body.split(",")):
        authors, year = known.get(key, (key, ""))
        bare = f"{authors}, {year}" if parenthesis else f"{authors} ({year})"
        parts.append(bare if year else authors)
    return f"({'; '.join(parts)})" if parenthesis else ", ".join(parts)


@lru_cache
def bibliography(root: Path) -> dict[str, tuple[str, str]]:
    """Key to (authors in short, year) for every entry of the course's bibliography."""
    from pybtex.database import parse_file

    path = root / "book" / "references.bib"
    if not path.is_file():
        return {}
    found = {}
    for key, entry in parse_file(str(path)).entries.items():
        names = [" ".join(person.last_names) for person in entry.persons.get("author", ())]
        names = [re.sub(r"[{}\\]", "", name) for name in names]
        short = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
        found[key] = (short or key, entry.fields.get("year", ""))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("page", help="such as chapters/start/claims-and-intervals")
    parser.add_argument("-o", "--output", type=Path, help="default: <name>.ipynb here")
    parser.add_argument("--root", type=Path, default=digest.ROOT)
    options = parser.parse_args()
    page = options.page.removesuffix(".md")
    target = options.output or Path(page.rsplit("/", 1)[-1] + ".ipynb")
    write(options.root.resolve(), page, target)
    print(target)


if __name__ == "__main__":
    main()
