"""The box under a lesson's title: claim, objectives, prerequisites, measured cost, download."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_site import markup
from tools import toc
from tools.execute import measurements

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
        self.env.note_dependency(str(root / ".cache" / "pages.json"))
        parts = [
            *self._claim(lesson),
            *self._facts(lesson, cost),
            *_download(page),
            *markup.details("lab-run", "Run this page yourself", self._commands(root, page)),
        ]
        return [markup.box("lab-lesson", parts)]

    def _claim(self, lesson: dict[str, Any]) -> list[nodes.Node]:
        goals = "\n".join(f"- {goal}" for goal in lesson["objectives"])
        return [
            markup.label("lab-label", "Claim"),
            *markup.parse(self, lesson["claim"]),
            markup.label("lab-label", "After this page you can"),
            *markup.parse(self, goals),
        ]

    def _facts(self, lesson: dict[str, Any], cost: dict[str, Any] | None) -> list[nodes.Node]:
        needs = [f"{{doc}}`/chapters/{name}`" for name in lesson["needs"]]
        lines = [
            f"Before this page\n: {', '.join(needs) or 'nothing but Python'}",
            f"Your time\n: about {lesson['minutes']} minutes, exercises included",
            f"Measured cost\n: {cost_sentence(cost)}",
        ]
        return markup.parse(self, "\n\n".join(lines))

    def _commands(self, root: Path, page: str) -> list[nodes.Node]:
        file = page.rsplit("/", 1)[-1]
        steps = [
            "In a checkout of the course, install once and open the notebook that you saved:",
            f"```bash\nmake setup\n.venv/bin/jupyter lab {file}.ipynb\n```",
        ]
        experiment = page.removeprefix("chapters/")
        if (root / "lablib" / f"{experiment.replace('-', '_')}.py").is_file():
            steps += [
                "The page's experiment alone, and its larger version:",
                f"```bash\n.venv/bin/lablib run {experiment} --scale quick\n"
                f".venv/bin/lablib run {experiment} --scale full\n```",
            ]
        return markup.parse(self, "\n\n".join(steps))


def cost_sentence(cost: dict[str, Any] | None) -> str:
    """What the last run of a page took, for its box; no run, no number."""
    if not cost or not cost.get("ok"):
        return "not measured yet"
    return (
        f"{cost['seconds']:.0f} s ({cost['cpu_seconds']:.0f} CPU s on one thread), "
        f"{cost['peak_mb']} MB at most, when this book was built"
    )


def _download(page: str) -> list[nodes.Node]:
    address = "../" * page.count("/") + f"_sources/{page}.ipynb"
    link = nodes.reference("", "Download this page as a notebook (.ipynb)", refuri=address)
    return [nodes.paragraph("", "", link, classes=["lab-download"])]
