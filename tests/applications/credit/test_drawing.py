import numpy as np
import pytest

from lablib.applications.credit import drawing
from lablib.applications.credit.accounts import Accounts
from lablib.applications.credit.reasons import Reason
from lablib.data import Splits


class Known:
    """A rule that reads the probability of a default from the first column."""

    threshold = 0.25

    def probability(self, x):
        return x[:, 0]


@pytest.fixture
def four():
    x = np.array([[0.1], [0.3], [0.4], [0.9]])
    part = Accounts(x, np.array([0, 0, 1, 1]), {})
    return Splits(train=part, validation=part, test=part)


def test_each_threshold_says_what_it_costs_and_whom_it_refuses(four):
    view = drawing.cost_curve(Known(), four, ratio=3)
    at = {one.label: one.readouts for one in view.settings}
    assert len(at) == 19
    # Above a quarter: one payer of three is refused, no default is accepted, so one in four costs.
    assert at["0.25"] == {
        "cost": "0.250",
        "refused": "75%",
        "payers among the refused": "33%",
        "defaults accepted": "0",
    }
    assert at["0.50"]["cost"] == "0.750"
    assert at["0.95"]["payers among the refused"] == "nobody is refused"
    assert view.predict.right == "50%"  # above 0.3 only those who default are refused
    assert view.settings[view.default].label == "0.50"


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
