"""`{course-map}`: the lessons and what each needs, drawn from their front matter.

Every box is a link to its page. A lesson that needs one that comes later is an error here as it is
for the gate, since the drawing would lie. A book in part translated shows the part.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.ext.graphviz import graphviz
from sphinx.util.docutils import SphinxDirective

from course_site import lessons, markup
from course_site.lessons import Lesson, Topic
from tools import words

WIDTH = 20  # letters a line of a box


class CourseMap(SphinxDirective):
    """A drawing with one box a lesson; arrows run from what is needed to what needs it."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        found = lessons.topics(markup.root_of(self))
        if not found:
            raise self.error("no page of book/_toc.yml has a `lesson:` front matter")
        problems = out_of_order(lessons.by_name(found))
        if problems:
            raise self.error("; ".join(problems))
        node = graphviz()
        node["code"] = drawing(found, "../" * self.env.docname.count("/"))
        node["alt"] = sentence(lessons.by_name(found), self.config.language)
        node["options"] = {"docname": self.env.docname}
        return [node]


def out_of_order(known: dict[str, Lesson]) -> list[str]:
    """Needs that come later, or at the same time; without those there can be no cycle."""
    place = {name: number for number, name in enumerate(known)}
    return [
        f"{name} needs {need}, which comes later"
        for name, lesson in known.items()
        for need in lesson.needs
        if place.get(need, -1) >= place[name]
    ]


def drawing(found: tuple[Topic, ...], up: str) -> str:
    """DOT text: a frame a topic, a box a lesson, an arrow a need that no other need implies."""
    lines = [
        "digraph course {",
        "rankdir=LR; ranksep=0.5; nodesep=0.12; fontsize=12; labeljust=l;",
        'node [shape=box, style=rounded, fontsize=12, margin="0.12,0.06", height=0.3];',
        'edge [color="#808080", arrowsize=0.6, tailport=e, headport=w];',
    ]
    for topic in found:
        lines.append(
            f'subgraph "cluster_{topic.slug}" {{ label="{_plain(topic.caption)}"; '
            'style="rounded,dashed"; color="#808080"; margin=9;'
        )
        for lesson in topic.lessons:
            address = f"{up}{lesson.page}.html"
            lines.append(f'"{lesson.name}" [label="{wrapped(lesson.title)}", URL="{address}"];')
        lines.append("}")
    known = lessons.by_name(found)
    for lesson in known.values():
        lines += [f'"{need}" -> "{lesson.name}";' for need in direct(lesson, known)]
    return "\n".join([*lines, "}"])


def direct(lesson: Lesson, known: dict[str, Lesson]) -> list[str]:
    """The needs of a lesson without those that another of its needs has already."""
    implied = {name for need in lesson.needs for name in everything_before(need, known)}
    return [need for need in lesson.needs if need in known and need not in implied]


def everything_before(name: str, known: dict[str, Lesson]) -> set[str]:
    """All that must be read before `name`."""
    needs = known[name].needs if name in known else ()
    return {*needs, *(before for need in needs for before in everything_before(need, known))}


def wrapped(title: str) -> str:
    """A title in short lines, as DOT writes them."""
    lines = [""]
    for word in _plain(title).split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > WIDTH:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return r"\n".join(lines)


def sentence(known: dict[str, Lesson], language: str = "en") -> str:
    """The same map in words, for a reader who cannot see it."""
    say = words.of(language)
    parts = []
    for lesson in known.values():
        needed = say(" and ").join(known[need].title for need in lesson.needs if need in known)
        if needed:
            parts.append(say("{page} needs {needed}", page=lesson.title, needed=needed))
        else:
            parts.append(say("{page} needs no other page", page=lesson.title))
    return say("What needs what: {parts}.", parts="; ".join(parts))


def _plain(text: str) -> str:
    return text.replace("\\", "").replace('"', "'")
