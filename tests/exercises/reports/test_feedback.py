from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.exercises.reports import feedback, model

TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "strong", "section",
    "ul", "li", "code", "span",
}  # fmt: skip


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)
        self.seen.update(f"@{name}" for name, _ in attrs if name.startswith("on"))


def tags(document: str) -> set[str]:
    parser = Tags()
    parser.feed(document)
    return parser.seen


def one(learner: str, *, sentence: str = "s", detail: str = "", public: bool = True) -> Any:
    check = {
        "name": "half_of_four", "public": public, "points": 2.0, "earned": 0.0, "state": "not yet",
        "sentence": sentence, "detail": detail, "hint": 2,
    }  # fmt: skip
    row = {
        "id": "demo/half", "state": "not yet", "score": 0.0, "possible": 2.0, "seconds": 0.1,
        "checks": [check],
    }  # fmt: skip
    return model.parse({
        "schema": 1, "course": "c", "seed": 1, "sandbox": "none", "created": "now", "code": "",
        "exercises": {"demo/half": {"title": "Half", "possible": 2, "checks": []}},
        "learners": [{"learner": learner, "files": [], "problem": "", "exercises": [row],
                      "score": 0.0, "possible": 2.0}],
    })  # fmt: skip


def test_a_failed_check_is_one_line_with_its_sentence_detail_and_hint() -> None:
    results = one("ada", sentence="half of `four` is two", detail="got 3, expected 2")
    assert feedback.markdown(results, "ada").splitlines() == [
        "# Feedback: c",
        "",
        "Learner ada: 0 of 2 points",
        "",
        "## Half",
        "",
        "0 of 2 points (not yet)",
        "",
        "- **half of four** (2): half of `four` is two. (got 3, expected 2) "
        "See hint 2: `lablib hint demo/half`.",
        "",
        feedback.RULE,
    ]
    assert "half of <code>four</code> is two." in feedback.html(results, "ada")
    assert "See hint 2: <code>lablib hint demo/half</code>." in feedback.html(results, "ada")


def test_a_hidden_check_never_shows_a_value_even_if_the_file_holds_one(
    results: model.Results,
) -> None:
    for row in results.learners:
        for text in (
            feedback.markdown(results, row.learner),
            feedback.html(results, row.learner),
        ):
            assert "SECRET" not in text
            assert "0.123456" not in text


def test_passed_checks_are_not_listed_and_nothing_of_the_checks_code(
    results: model.Results,
) -> None:
    row = next(r for r in results.learners if r.exercises and r.exercises[0].state == "passed")
    text = feedback.markdown(results, row.learner)
    assert "share of the example" not in text
    for row in results.learners:
        text = feedback.markdown(results, row.learner)
        assert "def " not in text
        assert "rng" not in text
        assert "Traceback" not in text


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_foreign_text_makes_no_tag_and_no_new_line(who: str, says: str, detail: str) -> None:
    results = one(who, sentence=says, detail=detail)
    assert tags(feedback.html(results, who)) <= TAGS
    text = feedback.markdown(results, who)
    assert len(text.splitlines()) == 11
    assert tags(rendered(text)) <= {"h1", "h2", "p", "ul", "li", "strong", "code"}


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "[click](javascript:alert(1))",
        "![x](https://evil.example/pixel.png)",
        "https://evil.example",
        "www.evil.example",
        "`</code><b>`",
        "\x1b[31m\u202ered\x00",
        "# heading",
        "{{ config }}",
    ],
)
def test_known_attacks_stay_text(attack: str) -> None:
    results = one("ada", sentence=attack, detail=attack)
    document = feedback.html(results, "ada")
    assert tags(document) <= TAGS
    text = feedback.markdown(results, "ada")
    assert tags(rendered(text)) <= {"h1", "h2", "p", "ul", "li", "strong", "code"}
    for mark in ("\x1b", "\u202e", "{{"):
        assert mark not in re.sub(r"`[^`]*`", "", text)


def rendered(text: str) -> str:
    """Markdown as a site with HTML, tables, strike-through and bare links would show it."""
    import markdown_it

    reader = markdown_it.MarkdownIt("gfm-like", {"html": True})
    return str(reader.render(text))


def test_a_problem_is_told_and_escaped(raw: dict[str, Any]) -> None:
    raw["learners"][10]["problem"] = "cell 3: <SyntaxError>"
    results = model.parse(raw)
    text = feedback.html(results, raw["learners"][10]["learner"])
    assert html.escape("cell 3: <SyntaxError>") in text


def test_an_answer_that_was_not_graded_says_so_once(raw: dict[str, Any]) -> None:
    checks = [
        {"name": f"c{i}", "public": True, "points": 2, "earned": 0, "state": "problem",
         "sentence": "the file is damaged", "detail": ""} for i in range(3)
    ]  # fmt: skip
    row = raw["learners"][10]
    row["problem"] = "the file is damaged"
    row["exercises"][0]["checks"] = checks
    text = feedback.markdown(model.parse(raw), row["learner"])
    assert text.count("the file is damaged") == 1


def test_notes_of_the_grader_are_shown_as_text(raw: dict[str, Any]) -> None:
    row = raw["learners"][20]
    row["exercises"][0]["notes"] = ["cell 3: NameError in line 2: `x` <b>"]
    results = model.parse(raw)
    assert (
        "- Note: cell 3: NameError in line 2: `x` &lt;b&gt;"
        in feedback.markdown(results, row["learner"]).splitlines()
    )
    assert "<code>x</code> &lt;b&gt;" in feedback.html(results, row["learner"])


def test_files_are_written_inside_the_folder_one_pair_a_learner(
    results: model.Results, tmp_path: Path
) -> None:
    folder = tmp_path / "feedback"
    names = feedback.write(results, folder)
    assert len(set(names.values())) == len(results.learners) == 40
    assert len(list(folder.iterdir())) == 80
    assert {path.name for path in tmp_path.iterdir()} == {"feedback"}
    assert "learner-20" in (folder / "learner-20.md").read_text(encoding="utf-8")


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_file_names_are_plain_and_differ_on_any_file_system(one: str, two: str) -> None:
    first, second = feedback.file_name(one), feedback.file_name(two)
    assert re.fullmatch(r"[a-z0-9_][a-z0-9._-]*", first)
    assert len(first) < 80
    assert (first == second) == (one == two)


def test_nobody_can_take_the_file_of_another() -> None:
    taken = feedback.file_name("../../x")
    assert feedback.file_name(taken) != taken
    assert feedback.file_name("Ada") != feedback.file_name("ada")
