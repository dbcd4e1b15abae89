"""The card of an exercise on its page: prompt, points, minutes, hints, why it matters, solution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_site import languages, markup, progress
from tools import words


class ExerciseCard(SphinxDirective):
    """`{lab-exercise} topic/slug` without content; everything comes from the exercise's folder."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        from lablib.exercises import declare, template

        root = markup.root_of(self)
        name = self.arguments[0].strip()
        try:
            exercise = declare.load(name, root / "exercises")
        except ValueError as problem:
            raise self.error(str(problem)) from problem
        for path in sorted((root / "exercises" / name).rglob("*")):
            self.env.note_dependency(str(path))
        anchor = "exercise-" + name.replace("/", "-")
        say = words.of(self.env.config.language)
        shown = say("Exercise: {title}", title=exercise.title)
        title = nodes.rubric("", shown, classes=["lab-exercise-title"])
        card = markup.box("lab-exercise", [title, _facts(exercise, say)], ids=[anchor])
        foreign = languages.untranslated(self.env.config, f"exercises/{name}/exercise.md")
        if foreign:
            text = say("The text of this exercise has not been translated yet.")
            card += markup.label("lab-untranslated", text)

        def shown_as_written(markdown: str) -> list[nodes.Node]:
            parsed = markup.parse(self, markdown)
            return languages.as_english(parsed) if foreign else parsed

        card += shown_as_written(exercise.prompt)
        for number, hint in enumerate(exercise.hints, 1):
            summary = say("Hint {number}", number=number)
            card += markup.details("lab-hint", summary, shown_as_written(hint))
        card += markup.details("lab-why", say("Why it matters"), shown_as_written(exercise.why))
        answer = f"```python\n{template.solution(exercise).rstrip()}\n```"
        summary = say("Solution (try it first)")
        card += markup.details("lab-solution", summary, markup.parse(self, answer))
        card += progress.mark(name, exercise.title, say)
        return [card]


def _facts(exercise: Any, say: Callable[..., str]) -> nodes.paragraph:
    facts = {
        "kind": say(exercise.kind.replace("-", " ")),
        "minutes": exercise.minutes,
        "difficulty": exercise.difficulty,
    }
    if exercise.points == 1:
        text = say("{kind} · 1 point · {minutes} minutes · difficulty {difficulty} of 5", **facts)
    else:
        text = say(
            "{kind} · {points} points · {minutes} minutes · difficulty {difficulty} of 5",
            points=exercise.points,
            **facts,
        )
    return markup.label("lab-exercise-facts", text)
