"""`{course-cards}`: every lesson with its claim, minutes, measured seconds and what comes before.

All of it is read from the table of contents and the pages' front matter, so a new page appears by
itself. The body names what is planned, one `topic/slug: words` a line (or `topic: Name` for a topic
without pages); an entry disappears when its page is in the table of contents.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_site import lessons, markup, pictures
from course_site.lessons import Lesson, Topic
from tools import words
from tools.execute import measurements


class CourseCards(SphinxDirective):
    """One section a topic, one card a lesson, one line for what is planned."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        root = markup.root_of(self)
        written = lessons.topics(root)
        planned = yaml.safe_load("\n".join(self.content)) or {}
        costs = measurements(root)
        self.env.note_dependency(str(root / ".cache" / "pages.json"))
        found: list[nodes.Node] = [markup.html('<div class="lab-topics">')]
        for topic in [*written, *only_planned(planned, written)]:
            found += self._topic(topic, waiting(planned, topic), costs)
        return [*found, markup.html("</div>")]

    def _topic(self, topic: Topic, later: list[str], costs: Mapping[str, Any]) -> list[nodes.Node]:
        name = html.escape(topic.caption)
        drawing = pictures.ornament(markup.root_of(self), f"topics/{topic.slug}")
        css = "lab-topic" if topic.lessons else "lab-topic lab-topic-planned"
        opening = (
            f'<section class="{css}" aria-labelledby="topic-{topic.slug}">'
            f'<div class="lab-topic-head">{drawing}<h3 id="topic-{topic.slug}">{name}</h3></div>'
        )
        found: list[nodes.Node] = [markup.html(opening)]
        if topic.lessons:
            found.append(markup.html('<ul class="lab-cards">'))
            for lesson in topic.lessons:
                found += self._card(lesson, costs.get(lesson.page))
            found.append(markup.html("</ul>"))
        if later:
            say = words.of(self.config.language)
            found.append(
                markup.label("lab-topic-later", say("Planned: {pages}.", pages="; ".join(later)))
            )
        return [*found, markup.html("</section>")]

    def _card(self, lesson: Lesson, cost: Mapping[str, Any] | None) -> list[nodes.Node]:
        body = [
            *markup.parse(self, f"{{doc}}`/{lesson.page}`"),
            *markup.parse(self, lesson.claim),
            *markup.parse(self, facts(lesson, cost, self.config.language)),
        ]
        css = ("lab-card-title", "lab-card-claim", "lab-card-facts")
        for node, name in zip(body, css, strict=True):
            node["classes"].append(name)
        return [markup.html('<li class="lab-card">'), *body, markup.html("</li>")]


def facts(lesson: Lesson, cost: Mapping[str, Any] | None, language: str = "en") -> str:
    """Minutes, measured seconds and prerequisites as one line of Markdown."""
    say = words.of(language)
    parts = [say("{minutes} min", minutes=lesson.minutes)]
    if cost and cost.get("ok"):
        parts.append(say("runs in {seconds} s", seconds=f"{cost['seconds']:.0f}"))
    if lesson.needs:
        links = (f"{{doc}}`/{lessons.FOLDER}{need}`" for need in lesson.needs)
        parts.append(say("after {pages}", pages=", ".join(links)))
    return " · ".join(parts)


def waiting(planned: Mapping[str, str], topic: Topic) -> list[str]:
    """What is planned of a topic and not yet in the table of contents."""
    there = {lesson.name for lesson in topic.lessons}
    prefix = f"{topic.slug}/"
    return [text for name, text in planned.items() if name.startswith(prefix) and name not in there]


def only_planned(planned: Mapping[str, str], written: tuple[Topic, ...]) -> list[Topic]:
    """Topics that the plan names and that have no page yet, in the order of the plan."""
    there = {topic.slug for topic in written}
    slugs = dict.fromkeys(name.partition("/")[0] for name in planned)
    return [Topic(slug, planned.get(slug, slug), ()) for slug in slugs if slug not in there]
