"""A quiz on its page: choices with a reason for each, and the same as text without a script."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_site import languages, markup
from tools import words

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
        self.say = say = words.of(self.env.config.language)
        name = f"quiz-{topic}"
        title = say("Quiz: {title}", title=quiz.title)
        label = html.escape(title, quote=True)
        facts = say(
            "Questions: {number} · no points · nothing is sent or stored",
            number=len(quiz.questions),
        )
        choose = html.escape(say("Choose an option first."), quote=True)
        content = [
            markup.html(
                f'<section class="lab-quiz" id="{name}" aria-label="{label}" '
                f'data-choose="{choose}">'
            ),
            markup.label("lab-quiz-title", title),
            markup.label("lab-quiz-facts", facts),
        ]
        source = f"exercises/{quizzes.FOLDER}/{topic}.yml"
        self.foreign = languages.untranslated(self.env.config, source)
        if self.foreign:
            text = say("The questions of this quiz have not been translated yet.")
            content.append(markup.label("lab-untranslated", text))
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
        check, asked = self.say("Check"), self.say(" question {number}", number=number)
        means = self.say("What each option means")
        of_question = self.say(", question {number}", number=number)
        yield markup.html(
            f'<button type="button" class="lab-quiz-check" hidden>{check}'
            f'<span class="visually-hidden">{asked}</span></button>'
            '<div class="lab-quiz-feedback" role="status" aria-live="polite"></div>'
            '<details class="lab-quiz-answers"><summary>'
            f'{means}<span class="visually-hidden">{of_question}</span></summary><ol type="A">'
        )
        for option in question.options:
            yield from self._answer(option)
        yield markup.html("</ol></details></fieldset>")

    def _answer(self, option: Any) -> Iterator[nodes.Node]:
        from lablib.exercises import quizzes

        word = quizzes.verdict(option)
        shown = self.say(word).capitalize()
        yield markup.html(
            f'<li data-verdict="{word}"><span class="lab-quiz-verdict">{shown}: </span>'
        )
        yield self._line(option.explanation)
        yield markup.html("</li>")

    def _line(self, text: str) -> nodes.inline:
        """One paragraph of Markdown as a phrase, since labels and legends hold no paragraphs."""
        parsed = markup.parse(self, text)
        if len(parsed) != 1 or not isinstance(parsed[0], nodes.paragraph):
            raise self.error(f"{text[:60]!r} is not a phrase; write one paragraph without a list")
        phrase = nodes.inline("", "", *parsed[0].children)
        if self.foreign:
            return nodes.inline(
                "", "", markup.html('<span lang="en">'), phrase, markup.html("</span>")
            )
        return phrase
