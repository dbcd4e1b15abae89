"""`{course-map}`: the lessons and what each needs, drawn from their front matter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.ext.graphviz import graphviz
from sphinx.util.docutils import SphinxDirective

from course_site import markup
from tools import toc


class CourseMap(SphinxDirective):
    """A drawing with one box a lesson; arrows run from what is needed to what needs it."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        lessons = read_lessons(markup.root_of(self))
        if not lessons:
            raise self.error("no page of book/_toc.yml has a `lesson:` front matter")
        up = "../" * self.env.docname.count("/")
        node = graphviz()
        node["code"] = drawing(lessons, up)
        node["alt"] = sentence(lessons)
        node["options"] = {"docname": self.env.docname}
        return [node]


def read_lessons(root: Path) -> dict[str, dict[str, Any]]:
    """Lesson front matter by `topic/slug`, with the page's title, in reading order."""
    found = {}
    for page in toc.pages(root):
        path = toc.source(root, page)
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        lesson = toc.front_matter(text).get("lesson")
        if isinstance(lesson, dict):
            titles = [line[2:].strip() for line in text.splitlines() if line.startswith("# ")]
            found[page.removeprefix("chapters/")] = {
                **lesson,
                "title": titles[0] if titles else page,
            }
    return found


def drawing(lessons: dict[str, dict[str, Any]], up: str) -> str:
    """DOT text; a box is a link to its page."""
    lines = ["digraph course {", "rankdir=LR; node [shape=box, style=rounded];"]
    for name, lesson in lessons.items():
        title = lesson["title"].replace('"', "'")
        lines.append(f'"{name}" [label="{title}", URL="{up}chapters/{name}.html"];')
        lines += [f'"{need}" -> "{name}";' for need in lesson.get("needs", []) if need in lessons]
    return "\n".join([*lines, "}"])


def sentence(lessons: dict[str, dict[str, Any]]) -> str:
    """The same map in words, for a reader who cannot see it."""
    parts = []
    for lesson in lessons.values():
        needs = [lessons[need]["title"] for need in lesson.get("needs", []) if need in lessons]
        parts.append(f"{lesson['title']} needs {' and '.join(needs) or 'nothing before it'}")
    return "Map of the lessons: " + "; ".join(parts) + "."
