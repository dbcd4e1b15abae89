import pytest

from lablib.data import cards
from lablib.data.commands import fetch_card, list_cards, show_card


def test_list_names_every_card_and_its_state(tiny, capsys):
    text = list_cards()
    assert text.splitlines()[0].split() == ["name", "rows", "licence", "archive", "title"]
    assert all(c.name in text for c in cards())
    assert text.count("not fetched") == len(cards())
    (tiny.cache).mkdir()
    (tiny.cache / cards()[0].archive).touch()
    assert list_cards().count("not fetched") < len(cards())
    assert capsys.readouterr() == ("", "")


def test_fetch_says_where_the_archive_lies(tiny, monkeypatch, capsys):
    monkeypatch.setattr("lablib.data.download.card", lambda name: tiny.card)
    assert fetch_card("german-credit").startswith(
        f"german-credit: {tiny.cache / tiny.card.archive} (0.0 MB, sha256 verified"
    )
    assert capsys.readouterr() == ("", "")


def test_progress_goes_to_stderr_only_when_asked(tiny, monkeypatch, capsys):
    monkeypatch.setattr("lablib.data.download.card", lambda name: tiny.card)
    fetch_card("german-credit", progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert tiny.card.archive in err


def test_show_is_the_whole_card(capsys):
    text = show_card("compas")
    assert text.startswith("compas: COMPAS risk scores")
    assert "v_decile_score" in text
    assert capsys.readouterr() == ("", "")


def test_an_unknown_card_is_a_value_error():
    with pytest.raises(ValueError, match="did you mean 'adult'"):
        show_card("adults")
