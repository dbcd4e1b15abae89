"""Quizzes: what the loader refuses, what the course's own hold, and how they work on a page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from lablib.exercises import declare, quizzes
from tests.book import browsing, toybook
from tests.book.conftest import browser, serving  # noqa: F401

BASE = Path(__file__).resolve().parents[2]
WORDS = "because of a reason that is long enough"
RIGHT = {"text": "Yes", "explanation": f"It is, {WORDS}.", "correct": True}
WRONG = {"text": "No", "explanation": f"It is not, {WORDS}."}
QUESTION = {"question": "Is it?", "options": [RIGHT, WRONG]}
QUIZ = {"title": "T", "page": "toy/page", "questions": [QUESTION]}


def write(folder: Path, quiz: object, name: str = "toy") -> Path:
    path = folder / quizzes.FOLDER / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(quiz if isinstance(quiz, str) else yaml.safe_dump(quiz, allow_unicode=True))
    return folder


def test_a_quiz_is_read(tmp_path: Path) -> None:
    quiz = quizzes.load("toy", write(tmp_path, QUIZ))
    assert (quiz.topic, quiz.title, quiz.page) == ("toy", "T", "toy/page")
    assert quiz.questions[0].answer.text == "Yes"
    assert [option.correct for option in quiz.questions[0].options] == [True, False]


def questions(**changes: object) -> dict[str, object]:
    return {**QUIZ, "questions": [{**QUESTION, **changes}]}


def options(*changed: object) -> dict[str, object]:
    return questions(options=list(changed))


FAULTS: dict[str, tuple[object, str]] = {
    "not YAML": ("title: [", "toy.yml: not YAML"),
    "a list": ([QUIZ], "toy.yml: write `key: value` lines"),
    "empty file": ("", "toy.yml: write `key: value` lines"),
    "no page": ({"title": "T", "questions": [QUESTION]}, "page missing"),
    "unknown key": ({**QUIZ, "points": 3}, "unknown key points"),
    "no question": ({**QUIZ, "questions": []}, "at least one question"),
    "questions is text": ({**QUIZ, "questions": "Is it?"}, "at least one question"),
    "the same question": (
        {**QUIZ, "questions": [QUESTION, QUESTION]},
        "question 'Is it.' occurs twice",
    ),
    "one option": (options(RIGHT), "question 1: options is not a list of 2 to 6"),
    "seven options": (options(*[RIGHT] * 7), "2 to 6 options"),
    "no option is right": (
        options(WRONG, {**WRONG, "text": "x", "explanation": WORDS}),
        "0 options",
    ),
    "two are right": (options(RIGHT, {**WRONG, "correct": True}), "2 options are marked"),
    "the same option": (options(RIGHT, {**WRONG, "text": "Yes"}), "option 'Yes' occurs twice"),
    "the same explanation": (
        options(RIGHT, {**WRONG, "explanation": RIGHT["explanation"]}),
        "the explanation .* occurs twice",
    ),
    "no explanation": (options(RIGHT, {"text": "No"}), "question 1, option 2: explanation missing"),
    "nothing explained": (options(RIGHT, {**WRONG, "explanation": "Wrong."}), "explains nothing"),
    "text is a number": (options(RIGHT, {**WRONG, "text": 0.5}), "0.5, which is not text; put it"),
    "YAML's yes": (options(RIGHT, {**WRONG, "text": True}), "True, which is not text"),
    "correct is text": (options({**RIGHT, "correct": "true"}, WRONG), "write true, or leave it"),
    "empty question": (questions(question=" "), "question is empty"),
    "two paragraphs": (questions(question="One.\n\nTwo."), "write one paragraph"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_quiz_says_what_is_wrong(tmp_path: Path, name: str) -> None:
    raw, says = FAULTS[name]
    with pytest.raises(quizzes.QuizError, match=says):
        quizzes.load("toy", write(tmp_path, raw))


@pytest.mark.parametrize("topic", ["gone", "../toy", "", "Toy"])
def test_no_such_quiz(tmp_path: Path, topic: str) -> None:
    with pytest.raises(quizzes.QuizError, match="no quiz .* there are: toy"):
        quizzes.load(topic, write(tmp_path, QUIZ))


def test_topics_come_in_the_order_of_the_course(tmp_path: Path) -> None:
    for name in ("unknown", "privacy", "start"):
        write(tmp_path, QUIZ, name)
    assert quizzes.find(tmp_path) == ("start", "privacy", "unknown")
    assert quizzes.find(tmp_path / "nowhere") == ()


@pytest.mark.parametrize("topic", quizzes.find())
def test_quizzes_of_the_course(topic: str) -> None:
    quiz = quizzes.load(topic)
    assert topic in declare.TOPICS
    assert (BASE / "chapters" / f"{quiz.page}.md").is_file()
    assert quiz.page.startswith(f"{topic}/")
    places = [question.options.index(question.answer) for question in quiz.questions]
    assert len(quiz.questions) >= 5
    assert len(set(places)) > 2, "the right option always stands at the same place"
    for question in quiz.questions:
        assert len(question.options) >= 3
        wrong = [len(option.text) for option in question.options if not option.correct]
        assert len(question.answer.text) < 2.5 * max(wrong), "the right option stands out by length"


def test_as_markdown_every_option_is_explained(tmp_path: Path) -> None:
    text = quizzes.markdown(quizzes.load("toy", write(tmp_path, QUIZ)))
    assert "**1. Is it?**" in text
    assert f"- A, right: It is, {WORDS}." in text
    assert f"- B, not right: It is not, {WORDS}." in text
    assert text.count("<details>") == text.count("</details>") == 1


PAGES = {
    "book/index": "# Toy\n\nA front page.\n",
    "chapters/toy/page": "# Quizzes\n"
    + "".join(f"\n```{{quiz}} {topic}\n```\n" for topic in quizzes.find()),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("quiz")
    shutil.copytree(BASE / "exercises" / "quizzes", root / "exercises" / "quizzes")
    toybook.write(root, PAGES)
    done = toybook.build(root)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.mark.build
def test_the_page_says_everything_without_a_script(built: Path) -> None:
    from bs4 import BeautifulSoup

    text = (built / "_build" / "html" / "chapters" / "toy" / "page.html").read_text()
    page = BeautifulSoup(text, "html.parser")
    for topic in quizzes.find():
        quiz, section = quizzes.load(topic), page.select_one(f"section#quiz-{topic}")
        groups = section.select("fieldset")
        assert len(groups) == len(quiz.questions)
        for question, group in zip(quiz.questions, groups, strict=True):
            assert group.legend.get_text(strip=True)
            assert not group.select("legend p, label p")
            names = {item["name"] for item in group.select("input[type=radio]")}
            assert len(names) == 1
            assert len(group.select("label")) == len(question.options)
            verdicts = [item["data-verdict"] for item in group.select("details ol > li")]
            assert verdicts == [quizzes.verdict(option) for option in question.options]
            assert group.button.has_attr("hidden")
            assert not group.details.has_attr("hidden")
            assert group.select_one("[aria-live=polite]").get_text() == ""
    assert not [tag for tag in page.select("script[src]") if "//" in tag["src"]]


@pytest.mark.build
def test_an_unknown_quiz_stops_the_build(tmp_path: Path) -> None:
    write(tmp_path / "exercises", QUIZ)
    toybook.write(tmp_path, {**PAGES, "chapters/toy/page": "# Q\n\n```{quiz} gone\n```\n"})
    done = toybook.build(tmp_path)
    assert done.returncode != 0
    assert "no quiz 'gone'; there are: toy" in done.stdout + done.stderr


@pytest.fixture(scope="module")
def address(browser, built):  # noqa: F811
    yield from serving(built / "_build" / "html")


@pytest.mark.build
@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_by_keyboard_alone(browser, address, scheme):  # noqa: F811
    right = quizzes.load("start").questions[0].answer
    with browsing.window(browser, address, scheme=scheme) as (page, seen):
        browsing.visit(page, f"{address}/chapters/toy/page.html")
        group = page.locator("#quiz-start fieldset").first
        place, answers = group.locator(".lab-quiz-feedback"), group.locator("details")
        group.locator("input").first.focus()
        button = group.locator("button")
        page.keyboard.press("Space")
        assert place.inner_text() == "", "choosing alone must not give the answer away"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert place.inner_text().startswith("Not right: ")
        assert not answers.is_visible()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("ArrowDown")
        assert place.inner_text() == ""
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert place.inner_text() == f"Right: {right.explanation}"
        assert answers.is_visible()
        assert button.inner_text().startswith("Check")
        page.evaluate("() => document.querySelectorAll('details').forEach(d => d.hidden = false)")
        browsing.open_everything(page)
        assert not browsing.violations(page, ("moderate", "serious", "critical"))
        assert not seen.all


@pytest.mark.build
@pytest.mark.browser
def test_nothing_chosen_and_a_phone(browser, address):  # noqa: F811
    with browsing.window(browser, address, width=360) as (page, _):
        browsing.visit(page, f"{address}/chapters/toy/page.html")
        group = page.locator("#quiz-explainability fieldset").last
        group.locator("button").click()
        assert group.locator(".lab-quiz-feedback").inner_text() == "Choose an option first."
        page.evaluate("() => document.querySelectorAll('details').forEach(d => d.hidden = false)")
        browsing.open_everything(page)
        assert not browsing.overflow(page)


@pytest.mark.build
@pytest.mark.browser
def test_without_a_script_the_answers_can_be_opened(browser, address):  # noqa: F811
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{address}/chapters/toy/page.html")
        group = page.locator("#quiz-start fieldset").first
        assert not group.locator("button").is_visible()
        group.locator("summary").click()
        assert group.locator("details li").first.is_visible()
    finally:
        context.close()
