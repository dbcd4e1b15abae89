from __future__ import annotations

from bs4 import BeautifulSoup

from lablib.exercises.views import View

EVIL = '<script>alert(1)</script> & "quotes" `a<b`'


def test_everything_is_escaped() -> None:
    view = View(EVIL, EVIL, EVIL, (EVIL,), EVIL, (EVIL,))
    page = BeautifulSoup(view._repr_html_(), "html.parser")
    assert page.find("script") is None
    assert page.section is not None
    assert page.section["data-state"] == EVIL
    assert "<b" in page.get_text()


def test_the_state_is_said_in_words_and_names_the_region() -> None:
    page = BeautifulSoup(View("not yet", "Half", "It is `1`.")._repr_html_(), "html.parser")
    assert page.section is not None
    assert page.section["aria-label"] == "Not yet: Half"
    assert page.get_text().startswith("Not yet:")
    assert [tag.get_text() for tag in page.find_all("code")] == ["1"]


def test_text_and_repr_are_the_same_words() -> None:
    view = View("hint", "Half", items=("one", "two"), code="x = 1\n", notes=("More.",))
    assert str(view) == repr(view) == "Hint: Half\n  - one\n  - two\n\nx = 1\n\nMore."


def test_an_unpaired_backtick_is_left_alone() -> None:
    assert "a ` b" in View("hint", "t", "a ` b")._repr_html_()
