"""A quiz on its page: choices with a reason for each, and the same as text without a script."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_site import markup

LETTERS = "ABCDEF"


class Quiz(SphinxDirective):
    """`{quiz} topic` without content; everything comes from `exercises/quizzes/<topic>.yml`."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        from lablib.exercises import quizzes

        folder = markup.root_of(self) / "exercises"
        topic = self.arguments[0].strip()
        try:
            quiz = quizzes.load(topic, folder)
        except ValueError as problem:
            raise self.error(str(problem)) from problem
        self.env.note_dependency(str(folder / quizzes.FOLDER / f"{topic}.yml"))
        name = f"quiz-{topic}"
        label = html.escape(f"Quiz: {quiz.title}", quote=True)
        facts = f"Questions: {len(quiz.questions)} · no points · nothing is sent or stored"
        content = [
            markup.html(f'<section class="lab-quiz" id="{name}" aria-label="{label}">'),
            markup.label("lab-quiz-title", f"Quiz: {quiz.title}"),
            markup.label("lab-quiz-facts", facts),
        ]
        for number, question in enumerate(quiz.questions, start=1):
            content += self._question(question, number, f"{name}-{number}")
        return [*content, markup.html("</section>")]

    def _question(self, question: Any, number: int, name: str) -> Iterator[nodes.Node]:
        yield markup.html(f'<fieldset class="lab-quiz-question"><legend>{number}. ')
        yield self._line(question.text)
        yield markup.html("</legend>")
        for place, option in enumerate(question.options):
            button = f'<input type="radio" name="{name}" value="{place}" autocomplete="off">'
            yield markup.html(f'<label class="lab-quiz-option">{button}<b>{LETTERS[place]}.</b>')
            yield self._line(option.text)
            yield markup.html("</label>")
        yield markup.html(
            '<button type="button" class="lab-quiz-check" hidden>Check'
            f'<span class="visually-hidden"> question {number}</span></button>'
            '<div class="lab-quiz-feedback" role="status" aria-live="polite"></div>'
            '<details class="lab-quiz-answers"><summary>What each option means'
            f'<span class="visually-hidden">, question {number}</span></summary><ol type="A">'
        )
        for option in question.options:
            yield from self._answer(option)
        yield markup.html("</ol></details></fieldset>")

    def _answer(self, option: Any) -> Iterator[nodes.Node]:
        from lablib.exercises import quizzes

        word = quizzes.verdict(option)
        yield markup.html(
            f'<li data-verdict="{word}"><span class="lab-quiz-verdict">{word.capitalize()}: </span>'
        )
        yield self._line(option.explanation)
        yield markup.html("</li>")

    def _line(self, text: str) -> nodes.inline:
        """One paragraph of Markdown as a phrase, since labels and legends hold no paragraphs."""
        parsed = markup.parse(self, text)
        if len(parsed) != 1 or not isinstance(parsed[0], nodes.paragraph):
            raise self.error(f"{text[:60]!r} is not a phrase; write one paragraph without a list")
        return nodes.inline("", "", *parsed[0].children)
