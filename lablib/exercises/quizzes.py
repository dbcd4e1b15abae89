"""Read the quizzes of the course: `exercises/quizzes/<topic>.yml`, every option explained.

One file::

    title: Claims and intervals
    page: start/claims-and-intervals
    questions:
      - question: One sentence, in Markdown.
        options:
          - {text: ..., explanation: why it is right, correct: true}
          - {text: ..., explanation: what is wrong with it}

A question has two to six options of which exactly one is correct. Quizzes earn no points: they are
for the reader alone, so the answers stand in the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lablib.exercises import declare

FOLDER = "quizzes"
TOPIC = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
OPTIONS = range(2, 7)
SHORTEST = 20  # letters of an explanation; "Right." explains nothing


class QuizError(ValueError):
    """A quiz is missing or broken; names the file, the question and the fix."""


@dataclass(frozen=True)
class Option:
    """One answer to choose, and what the reader learns by choosing it (both Markdown)."""

    text: str
    explanation: str
    correct: bool = False


@dataclass(frozen=True)
class Question:
    """A question with its options in the order of the file."""

    text: str
    options: tuple[Option, ...]

    @property
    def answer(self) -> Option:
        """The correct option."""
        return next(option for option in self.options if option.correct)


@dataclass(frozen=True)
class Quiz:
    """All questions of one topic, and the page that they are about."""

    topic: str
    title: str
    page: str
    questions: tuple[Question, ...]


def find(folder: Path | None = None) -> tuple[str, ...]:
    """Topics that have a quiz, in the order of the course and then by name."""
    places = {topic: place for place, topic in enumerate(declare.TOPICS)}
    names = [path.stem for path in (_base(folder) / FOLDER).glob("*.yml")]
    return tuple(sorted(names, key=lambda name: (places.get(name, len(places)), name)))


def load(topic: str, folder: Path | None = None) -> Quiz:
    """The quiz of a topic.

    Parameters
    ----------
    topic : str
        The name of the file without `.yml`.
    folder : Path, optional
        Where the exercises are; by default the course's own.

    Raises
    ------
    QuizError
        If there is none of that name (lists those there are) or its file is broken.
    """
    base = _base(folder)
    path = base / FOLDER / f"{topic}.yml"
    if not TOPIC.fullmatch(topic) or not path.is_file():
        raise QuizError(f"no quiz {topic!r}; there are: {', '.join(find(base)) or 'none'}")
    where = f"{FOLDER}/{topic}.yml"
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except yaml.YAMLError as error:
        raise QuizError(f"{where}: not YAML: {error}") from None
    _keys(raw, {"title", "page", "questions"}, set(), where)
    listed = raw["questions"]
    if not isinstance(listed, list) or not listed:
        raise QuizError(f"{where}: questions is not a list with at least one question")
    questions = tuple(
        _question(item, f"{where}, question {number}") for number, item in enumerate(listed, 1)
    )
    _unique([question.text for question in questions], "question", where)
    return Quiz(topic, _text(raw, "title", where), _text(raw, "page", where), questions)


def markdown(quiz: Quiz) -> str:
    """The quiz for a notebook: numbered options, and the explanations folded below each question.

    >>> option = Option("Yes", "It is, by its definition.", True)
    >>> quiz = Quiz("t", "T", "t/p", (Question("Is it?", (option, Option("No", "It is not."))),))
    >>> print(markdown(quiz).splitlines()[2])
    **1. Is it?**
    """
    lines = [f"### Quiz: {quiz.title}"]
    for number, question in enumerate(quiz.questions, start=1):
        letters = "ABCDEF"[: len(question.options)]
        lettered = list(zip(letters, question.options, strict=True))
        lines += ["", f"**{number}. {question.text}**", ""]
        lines += [f"- {letter}: {option.text}" for letter, option in lettered]
        lines += ["", "<details><summary>Answer, and what each option means</summary>", ""]
        lines += [
            f"- {letter}, {verdict(option)}: {option.explanation}" for letter, option in lettered
        ]
        lines += ["", "</details>"]
    return "\n".join(lines)


def verdict(option: Option) -> str:
    """The word that stands before an explanation."""
    return "right" if option.correct else "not right"


def _base(folder: Path | None) -> Path:
    return folder or declare.root()


def _question(raw: Any, where: str) -> Question:
    _keys(raw, {"question", "options"}, set(), where)
    listed = raw["options"]
    if not isinstance(listed, list) or len(listed) not in OPTIONS:
        raise QuizError(f"{where}: options is not a list of {OPTIONS[0]} to {OPTIONS[-1]} options")
    options = tuple(
        _option(item, f"{where}, option {number}") for number, item in enumerate(listed, 1)
    )
    _unique([option.text for option in options], "option", where)
    _unique([option.explanation for option in options], "explanation", where)
    right = sum(option.correct for option in options)
    if right != 1:
        raise QuizError(f"{where}: {right} options are marked `correct: true`; mark exactly one")
    return Question(_text(raw, "question", where), options)


def _option(raw: Any, where: str) -> Option:
    _keys(raw, {"text", "explanation"}, {"correct"}, where)
    correct = raw.get("correct", False)
    if not isinstance(correct, bool):
        raise QuizError(f"{where}: correct is {correct!r}; write true, or leave it out")
    explanation = _text(raw, "explanation", where)
    if len(explanation) < SHORTEST:
        raise QuizError(f"{where}: the explanation {explanation!r} explains nothing; say why")
    return Option(_text(raw, "text", where), explanation, correct)


def _keys(raw: Any, needed: set[str], allowed: set[str], where: str) -> None:
    if not isinstance(raw, Mapping):
        raise QuizError(f"{where}: write `key: value` lines with the keys {sorted(needed)}")
    if missing := needed - set(raw):
        raise QuizError(f"{where}: {', '.join(sorted(missing))} missing")
    if unknown := set(map(str, raw)) - needed - allowed:
        raise QuizError(f"{where}: unknown key {', '.join(sorted(unknown))}")


def _text(raw: Mapping[str, Any], key: str, where: str) -> str:
    """One paragraph of Markdown; YAML makes numbers of 0.5 and truth of yes, so quotes matter."""
    value = raw[key]
    if not isinstance(value, str):
        raise QuizError(f"{where}: {key} is {value!r}, which is not text; put it in quotes")
    if not value.strip():
        raise QuizError(f"{where}: {key} is empty")
    if "\n\n" in value.strip():
        raise QuizError(f"{where}: {key} has an empty line; write one paragraph")
    return " ".join(value.split())


def _unique(texts: list[str], what: str, where: str) -> None:
    if twice := {text for text in texts if texts.count(text) > 1}:
        raise QuizError(f"{where}: the {what} {min(twice)!r} occurs twice")
