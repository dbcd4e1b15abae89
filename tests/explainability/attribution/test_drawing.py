import numpy as np
import pytest

from lablib.explainability.attribution import drawing as draw
from lablib.explainability.attribution.faithfulness import removal_curves


def line(z):
    return z.sum(1)


def curves(order):
    """Scores of one row that is worth 5 + 3 + 2 = 10, features named in `order`."""
    claims = np.zeros((1, 3))
    claims[0, order] = [3, 2, 1]
    return removal_curves(line, [[5.0, 3.0, 2.0]], claims, baselines=[[0.0, 0.0, 0.0]])


def test_what_is_left_after_each_step_by_hand():
    told = {"integrated-gradients": curves([0, 1, 2]), "random orders": curves([2, 1, 0])}
    view = draw.removal(told, caption="One row.", after=1)
    seen = {one.label: list(one.readouts.values()) for one in view.settings}
    assert seen == {
        "0": ["100 %", "100 %", "0 %", "0 %"],
        "1": ["50 %", "80 %", "50 %", "20 %"],
        "2": ["20 %", "50 %", "80 %", "50 %"],
        "3": ["0 %", "0 %", "100 %", "100 %"],
    }
    assert view.settings[view.default].label == "1"
    assert view.predict.answer.startswith("50 % are left.")
    assert "random order, it is 80 %." in view.predict.answer
    assert [list(mark.y) for mark in view.settings[1].marks] == [
        pytest.approx([50, 50]),
        pytest.approx([80, 20]),
    ]


def test_a_method_no_better_than_its_control_shows_as_such():
    same = draw.removal(
        {"integrated-gradients": curves([1, 0, 2]), "random orders": curves([1, 0, 2])},
        caption="One row.",
        after=2,
    )
    for one in same.settings:
        left, control, back, control_back = one.readouts.values()
        assert (left, back) == (control, control_back)
