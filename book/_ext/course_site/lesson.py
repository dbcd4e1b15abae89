"""The box under a lesson's title: claim, objectives, prerequisites, measured cost, download."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_site import markup
from tools import toc, words
from tools.execute import measurements

Say = Callable[..., str]
REQUIRED = ("claim", "objectives", "needs", "minutes", "rows")


class LessonBox(SphinxDirective):
    """`{lesson}` without content; everything comes from the page's `lesson:` front matter."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        root, page = markup.root_of(self), self.env.docname
        front = toc.front_matter(toc.source(root, page).read_text(encoding="utf-8"))
        lesson = front.get("lesson")
        if not isinstance(lesson, dict) or (
            absent := [key for key in REQUIRED if key not in lesson]
        ):
            what = "no `lesson:`" if not isinstance(lesson, dict) else f"no {', '.join(absent)}"
            raise self.error(f"{page}: the front matter has {what}; a lesson box needs {REQUIRED}")
        cost = measurements(root).get(page)
        say = words.of(self.env.config.language)
        self.env.note_dependency(str(root / ".cache" / "pages.json"))
        parts = [
            *self._claim(lesson, say),
            *self._facts(lesson, cost, say),
            *_download(page, say),
            *markup.details(
                "lab-run", say("Run this page yourself"), self._commands(root, page, say)
            ),
        ]
        return [markup.box("lab-lesson", parts)]

    def _claim(self, lesson: dict[str, Any], say: Say) -> list[nodes.Node]:
        goals = "\n".join(f"- {goal}" for goal in lesson["objectives"])
        return [
            markup.label("lab-label", say("Claim")),
            *markup.parse(self, lesson["claim"]),
            markup.label("lab-label", say("After this page you can")),
            *markup.parse(self, goals),
        ]

    def _facts(
        self, lesson: dict[str, Any], cost: dict[str, Any] | None, say: Say
    ) -> list[nodes.Node]:
        needs = [f"{{doc}}`/chapters/{name}`" for name in lesson["needs"]]
        time = say("about {minutes} minutes, exercises included", minutes=lesson["minutes"])
        lines = [
            f"{say('Before this page')}\n: {', '.join(needs) or say('nothing but Python')}",
            f"{say('Your time')}\n: {time}",
            f"{say('Measured cost')}\n: {cost_sentence(cost, say)}",
        ]
        return markup.parse(self, "\n\n".join(lines))

    def _commands(self, root: Path, page: str, say: Say) -> list[nodes.Node]:
        file = page.rsplit("/", 1)[-1]
        steps = [
            say("In a checkout of the course, install once and open the notebook that you saved:"),
            f"```bash\nmake setup\n.venv/bin/jupyter lab {file}.ipynb\n```",
        ]
        experiment = page.removeprefix("chapters/")
        if (root / "lablib" / f"{experiment.replace('-', '_')}.py").is_file():
            steps += [
                say("The page's experiment alone, and its larger version:"),
                f"```bash\n.venv/bin/lablib run {experiment} --scale quick\n"
                f".venv/bin/lablib run {experiment} --scale full\n```",
            ]
        return markup.parse(self, "\n\n".join(steps))


def cost_sentence(cost: dict[str, Any] | None, say: Say) -> str:
    """What the last run of a page took, for its box; no run, no number."""
    if not cost or not cost.get("ok"):
        return say("not measured yet")
    return say(
        "{seconds:.0f} s ({cpu_seconds:.0f} CPU s on one thread), {peak_mb} MB at most, "
        "when this book was built",
        **cost,
    )


def _download(page: str, say: Say) -> list[nodes.Node]:
    address = "../" * page.count("/") + f"_sources/{page}.ipynb"
    link = nodes.reference("", say("Download this page as a notebook (.ipynb)"), refuri=address)
    return [nodes.paragraph("", "", link, classes=["lab-download"])]
