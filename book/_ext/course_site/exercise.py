"""The card of an exercise on its page: prompt, points, minutes, hints, why it matters, solution."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_site import markup


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
        title = nodes.rubric("", f"Exercise: {exercise.title}", classes=["lab-exercise-title"])
        card = markup.box("lab-exercise", [title, _facts(exercise)], ids=[anchor])
        card += markup.parse(self, exercise.prompt)
        for number, hint in enumerate(exercise.hints, 1):
            card += markup.details("lab-hint", f"Hint {number}", markup.parse(self, hint))
        card += markup.details("lab-why", "Why it matters", markup.parse(self, exercise.why))
        answer = f"```python\n{template.solution(exercise).rstrip()}\n```"
        card += markup.details(
            "lab-solution", "Solution (try it first)", markup.parse(self, answer)
        )
        return [card]


def _facts(exercise: Any) -> nodes.paragraph:
    kind = exercise.kind.replace("-", " ")
    points = "1 point" if exercise.points == 1 else f"{exercise.points} points"
    text = f"{kind} · {points} · {exercise.minutes} minutes · difficulty {exercise.difficulty} of 5"
    return markup.label("lab-exercise-facts", text)
