"""Every figure of the entity page is drawn from a record and says its finding."""

import pytest

from lablib import experiment, record
from lablib.language_models import ner
from lablib.language_models.entities import drawing


@pytest.fixture(scope="module")
def small():
    return experiment.run(
        ner.NAME, seeds=(0, 1), train_sentences=24, test_sentences=40, epochs=1, names=1
    )


@pytest.mark.parametrize("draw", ["two_scores", "types", "seen", "names", "at_full_scale"])
def test_each_figure_is_drawn(small, draw):
    view = getattr(drawing, draw)(small)
    assert len(view._repr_html_()) > 200


def test_alt_texts_carry_numbers_of_the_record(small):
    html = drawing.two_scores(small)._repr_html_()
    assert f"{small.value('linear.f1'):.2f}" in html
    assert "2 seeds" in html


def test_the_table_of_types_holds_precision_recall_f1_and_counts(small):
    html = drawing.types(small)._repr_html_()
    for head in ("precision", "recall", "F1", "entities in test", "in training"):
        assert head in html
    for row in small.tables["types"]:
        assert row["type"] in html
    assert f"{small.value('test.entities'):.0f}" in html


def test_types_of_equal_score_stand_in_alphabetical_order(small):
    f1 = {r["type"]: r["value"] for r in small.tables["types"] if r["quantity"] == "f1"}
    shown = [row["type"] for row in drawing.types(small).rows[:-1]]
    assert shown == sorted(f1, key=lambda kind: (-f1[kind], kind))


def test_quick_stands_beside_full_or_beside_the_command(small, monkeypatch):
    monkeypatch.setattr(record, "available", lambda name: ())
    assert "not run yet" in drawing.at_full_scale(small)._repr_html_()
    monkeypatch.setattr(record, "available", lambda name: ("full",))
    monkeypatch.setattr(record, "load", lambda name, scale: small)
    assert "not run yet" not in drawing.at_full_scale(small)._repr_html_()


def test_pieces_show_word_and_label():
    view = drawing.pieces(
        ["[CLS]", "a", "##b"], ["ab"], [None, 0, 0], [-100, 1, -100], ["O", "B-x"]
    )
    html = view._repr_html_()
    assert "1 (B-x)" in html
    assert html.count("-100") >= 2
