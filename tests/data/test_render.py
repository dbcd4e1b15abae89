import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from lablib.data import card, cards
from lablib.data.render import card_html, card_text

PAGE = Path(__file__).parents[2] / "book" / "data-cards.md"


class Balanced(HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self):
        super().__init__()
        self.open, self.text = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.parametrize("found", cards(), ids=lambda c: c.name)
def test_the_html_says_everything_and_is_well_formed(found):
    parser = Balanced()
    parser.feed(card_html(found))
    assert parser.open == []
    text = "".join(parser.text)
    for part in (found.archive_sha256, found.licence, found.splits, f"{found.rows:,}"):
        assert part in text
    for part in (*found.harms, *found.columns, *found.columns.values(), *found.changes):
        assert part in text
    assert found._repr_html_() == card_html(found)


def test_the_html_is_escaped():
    hostile = replace(card("adult"), summary="<script>alert(1)</script>", harms=("a < b & c",))
    made = card_html(hostile)
    assert "<script>" not in made
    assert "a &lt; b &amp; c" in made


def test_an_empty_list_leaves_no_empty_fold():
    assert "Known problems" not in card_html(replace(card("adult"), known_problems=()))


@pytest.mark.parametrize("found", cards(), ids=lambda c: c.name)
def test_the_text_fits_a_terminal_and_says_who_could_be_harmed(found):
    text = card_text(found, width=80)
    assert max(len(line) for line in text.splitlines() if " " in line.strip()) <= 88
    flat = " ".join(text.split())
    assert found.archive_sha256 in flat
    assert all(harm in flat for harm in found.harms)


def test_the_page_has_a_heading_to_link_to_and_a_cell_for_every_card():
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^\(card-([a-z0-9-]+)\)=$", page, re.M) == [c.name for c in cards()]
    for found in cards():
        assert f"## {found.title.split(',')[0]}" in page
        assert f'card("{found.name}")' in page
