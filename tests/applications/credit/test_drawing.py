from lablib.applications.credit import drawing
from lablib.applications.credit.reasons import Reason


def test_entries_are_written_as_the_account_says_them():
    row = [0.0] * 19
    row[0], row[12], row[13], row[14] = 2.302585092994046, 0.0, 2.0, -1.0
    columns = ("bill_amt1", "limit_bal", "pay_0", "pay_2")
    found = tuple(Reason(name, name, 0.5) for name in columns)
    html = drawing.reasons_table(found, row)._repr_html_()
    for text in ("NT$ 9,000", "NT$ 100,000", "4 months late or more", "no use of the card"):
        assert text in html


def test_the_card_is_a_closed_box_and_nothing_from_outside_becomes_html():
    card = drawing.CardView("### Card: x\n\n| a | b |\n|---|---|\n| 1 | <b>2</b> |\n")
    html = card._repr_html_()
    assert html.startswith('<details class="lab-reveal"><summary>Card: x</summary>')
    assert '<div class="lab-table" tabindex="0"' in html
    assert "<b>" not in html
    assert str(card).startswith("### Card")
