from dataclasses import asdict
from typing import get_args

import pytest

from lablib.data import Card, CardError, card, cards
from lablib.data.catalogue import parse_card
from lablib.data.read import Tables, Texts

KINDS = {
    "adult": "tabular",
    "audit-resumes": "tabular",
    "chinese-reviews": "text",
    "compas": "tabular",
    "credit-default": "tabular",
    "emoji-names": "pair",
    "encyclopaedia": "text",
    "german-credit": "tabular",
    "medical-questions": "text",
    "minilm": "weights",
    "mnist": "image",
    "movie-reviews": "text",
    "news-sentences": "text",
    "person-names": "names",
    "smollm2": "weights",
    "synonyms": "synonyms",
    "tweet-entities": "tagged",
}
TABLES = tuple(name for name, kind in KINDS.items() if kind == "tabular")


def entries(**changes):
    """The fields of a valid card as YAML would give them, with `changes`; None removes a field."""
    made = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(card("adult")).items()}
    made |= changes
    return {k: v for k, v in made.items() if v is not None and (k in changes or v != "")}


def test_the_catalogue_holds_these_cards_in_order():
    assert {c.name: c.kind for c in cards()} == KINDS
    assert [c.name for c in cards()] == sorted(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_every_card_answers_the_questions_a_reader_has(name):
    found = card(name)
    assert found.version in found.archive
    assert len(found.harms) >= 3
    assert found.known_problems


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_what_its_columns_are(name):
    found = card(name)
    assert found.target_meaning.startswith("1 = ")
    assert found.unit == "rows"
    assert not found.text
    assert set(found.features).isdisjoint({found.target, *found.sensitive, *found.scores})
    assert found.file_sha256 == found.files[found.file]


def test_columns_have_one_role_each_by_hand():
    found = card("compas")
    assert found.features == (
        "priors_count",
        "juv_fel_count",
        "juv_misd_count",
        "juv_other_count",
        "charge_degree",
    )
    assert found.scores == ("decile_score", "v_decile_score")
    assert found.sensitive == ("sex", "race", "age")


def test_a_valid_card_survives_the_round_trip():
    assert parse_card(entries(), where="adult") == card("adult")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"harms": None}, "field 'harms' is missing"),
        ({"licens": "MIT"}, "unknown field 'licens'"),
        ({"rows": 0}, "'rows' is 0; it must be a positive whole number"),
        ({"rows": True}, "'rows' is True"),
        ({"title": "  "}, "'title' is '  '; it must be a non-empty text"),
        ({"version": 1.3}, "'version' is 1.3; it must be a non-empty text"),
        ({"harms": "bias"}, "'harms' is 'bias'; it must be a list of texts"),
        ({"harms": []}, "must say who could be harmed"),
        ({"columns": {"age": ""}}, "must be a mapping from text to text"),
        ({"archive_sha256": "5d6c"}, "64 hex digits"),
        ({"files": {}}, "at least one file"),
        ({"files": {"a.csv": "ABC"}}, "64 hex digits"),
        ({"sensitive": ["religion"]}, "must be in 'columns'"),
        ({"sensitive": ["sex", "high_income"]}, "one role"),
        ({"identifiers_dropped": ["age"]}, "dropped column cannot be in 'columns'"),
        ({"name": "Adult"}, "lower-case words joined by dashes"),
        ({"name": "adults"}, "the file is called 'adult'"),
        ({"kind": "table"}, "'kind' is 'table'; it must be one of tabular, text, tagged"),
        ({"columns": None}, "field 'columns' is missing"),
        ({"target_meaning": None}, "field 'target_meaning' is missing"),
        ({"text": "workclass"}, "a table has no 'text' column"),
        ({"kind": "text", "text": None}, "field 'text' is missing"),
        ({"kind": "weights", "unit": None}, "field 'unit' is missing"),
        ({"classes": ["one"]}, "'classes' must be two or more"),
        ({"classes": ["one", "one"]}, "'classes' must be two or more"),
    ],
)
def test_a_broken_card_is_refused_with_the_reason(changes, message):
    with pytest.raises(CardError) as caught:
        parse_card(entries(**changes), where="adult")
    assert message in str(caught.value)
    assert str(caught.value).startswith("card adult: ")


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("credit_default", "did you mean 'credit-default'"),
        ("german", "did you mean 'german-credit'"),
        ("Compas", "did you mean 'compas'"),
        ("zzzz", "no name is close. Cards: adult, "),
    ],
)
def test_an_unknown_name_gets_close_names(asked, offered):
    with pytest.raises(ValueError, match="is not a data card") as caught:
        card(asked)
    assert offered in str(caught.value)
    assert repr(asked) in str(caught.value)


def test_cards_are_frozen():
    with pytest.raises(AttributeError):
        card("adult").rows = 1
    assert isinstance(card("adult"), Card)


def test_the_types_of_load_name_every_table_and_text():
    assert get_args(Tables) == TABLES
    assert get_args(Texts) == tuple(name for name, kind in KINDS.items() if kind == "text")
