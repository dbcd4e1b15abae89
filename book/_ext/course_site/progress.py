"""`{exercise-progress}`: how many exercises of each topic a reader has marked as done.

The marks are made on the exercises' cards and kept by the reader's browser alone; without a script
neither the marks nor this table show.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_site import markup
from tools import words


def setup(app: Any) -> None:
    app.add_directive("exercise-progress", ExerciseProgress)
    app.add_css_file("progress.css")
    app.add_js_file("progress.js", loading_method="defer")


def topics(root: Path) -> dict[str, list[str]]:
    """Ids of all exercises by topic, in alphabetical order."""
    found: dict[str, list[str]] = {}
    for path in sorted((root / "exercises").glob("*/*/exercise.md")):
        topic, slug = path.parent.parts[-2:]
        found.setdefault(topic, []).append(f"{topic}/{slug}")
    return found


def mark(name: str, title: str, say: Any) -> nodes.raw:
    """The place on an exercise's card where the script puts its box to tick."""
    label = html.escape(say("I have done this exercise"))
    return markup.html(
        f'<div class="lab-done" data-exercise="{html.escape(name)}" data-label="{label}" '
        f'data-title="{html.escape(title)}" hidden></div>'
    )


class ExerciseProgress(SphinxDirective):
    """A table with one row a topic, filled by the script; hidden without one."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        say = words.of(self.env.config.language)
        rows = "".join(
            f'<tr data-exercises="{html.escape(" ".join(names))}">'
            f'<th scope="row">{html.escape(say(topic.replace("-", " ")))}</th>'
            f"<td><progress></progress></td><td></td></tr>"
            for topic, names in topics(markup.root_of(self)).items()
        )
        text = {
            key: html.escape(say(words_of))
            for key, words_of in {
                "title": "Your progress",
                "topic": "topic",
                "done": "done",
                "of": "{done} of {all}",
                "note": "Kept by this browser alone; nothing is sent.",
                "save": "Save as a file",
                "load": "Load from a file",
                "clear": "Forget all marks",
                "loaded": "Marks loaded: {done}.",
                "unread": "This file holds no progress of the course.",
                "sure": "Forget all marks of this browser?",
            }.items()
        }
        return [
            markup.html(
                f'<section class="lab-progress" aria-label="{text["title"]}" hidden '
                f'data-of="{text["of"]}" data-loaded="{text["loaded"]}" '
                f'data-unread="{text["unread"]}" data-sure="{text["sure"]}">'
                f"<table><caption>{text['title']}</caption><thead><tr>"
                f'<th scope="col">{text["topic"]}</th>'
                f'<th scope="col" colspan="2">{text["done"]}</th></tr></thead>'
                f"<tbody>{rows}</tbody></table><p>{text['note']} "
                f'<button type="button" data-do="save">{text["save"]}</button> '
                f'<label class="lab-load">{text["load"]} '
                '<input type="file" accept=".json,application/json"></label> '
                f'<button type="button" data-do="clear">{text["clear"]}</button></p>'
                '<p class="lab-progress-status" role="status"></p></section>'
            )
        ]
