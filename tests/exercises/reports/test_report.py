from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lablib.exercises.reports import feedback, model, page, report

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def test_the_page_stands_alone(results: model.Results) -> None:
    text = report.html(results)
    assert text.startswith("<!DOCTYPE html>")
    assert "content=\"default-src 'none'; style-src" in text
    assert not re.search(r"<(script|link|img|iframe|object|embed|base)\b", text, re.I)
    assert not re.search(r"\b(src|action|srcset)=", text)
    outside = re.findall(r'href="(?!#)[^"]*"|url\((?!#)[^)]*\)|@import', text)
    assert outside == []
    assert "prefers-color-scheme: dark" in text


def test_hostile_ids_and_messages_are_text(results: model.Results) -> None:
    text = report.html(results)
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\u202e" not in text


def test_every_figure_states_a_finding_and_every_check_is_in_a_table(
    results: model.Results,
) -> None:
    text = report.html(results)
    alts = re.findall(r'<svg role="img" aria-label="([^"]*)"', text)
    assert len(alts) == 1 + len(results.exercises)
    assert all(re.search(r"\d", alt) for alt in alts)
    for exercise in results.exercises:
        for check in exercise.checks:
            assert f'<th scope="row">{check.name.replace("_", " ")}</th>' in text
    assert len(re.findall(r'<div class="scroll"[^>]*tabindex="0"', text)) == 4
    assert "SECRET" not in text


def test_what_needs_attention_comes_first(raw: dict[str, Any]) -> None:
    raw["sandbox"] = "none"
    text = report.html(model.parse(raw))
    assert "graded without a sandbox" in text
    assert "the check itself failed for 1 learner" in text
    assert text.index("To look at") < text.index("The class")


def test_a_check_nobody_passes_is_pointed_out(raw: dict[str, Any]) -> None:
    for learner in raw["learners"]:
        for row in learner["exercises"]:
            for check in row["checks"]:
                if check["name"] == "rows_are_paired":
                    check.update(state="not yet", earned=0.0)
    assert "rows are paired: nobody passed" in report.html(model.parse(raw))


def test_an_empty_class_still_gives_a_page(raw: dict[str, Any]) -> None:
    text = report.html(model.parse({**raw, "learners": []}))
    assert "No submissions were found." in text
    assert "Nobody handed this exercise in." in text


def test_a_dollar_sign_in_a_name_is_no_formula(raw: dict[str, Any]) -> None:
    checks = raw["exercises"]["start/paired-interval"]["checks"]
    checks[0]["name"] = "$\\alpha"
    for learner in raw["learners"]:
        for row in learner["exercises"]:
            for check in row["checks"]:
                if check["name"] == "difference_of_the_example":
                    check["name"] = "$\\alpha"
    assert "<svg" in report.html(model.parse(raw))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("kind", ["report", "feedback"])
def test_in_a_browser(
    browser: Any, results: model.Results, tmp_path: Path, width: int, scheme: str, kind: str
) -> None:
    """No request, no message on the console, no page wider than the screen, no axe violation."""
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "page.html"
    text = report.html(results) if kind == "report" else feedback.html(results, "learner-20")
    # The policy forbids scripts, axe's too: it is taken out for the test only.
    assert page.POLICY in text
    path.write_text(text, encoding="utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    opened = context.new_page()
    requests: list[str] = []
    messages: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.on("console", lambda message: messages.append(message.text))
    opened.goto(path.as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(opened).response["violations"]
    context.close()
    assert [url for url in requests if url != path.as_uri()] == []
    assert messages == []
    assert [(item["id"], item["nodes"][0]["html"][:200]) for item in found] == []
