import numpy as np
import pytest

from lablib.evaluation import clopper_pearson
from lablib.evaluation.groups import equalized_odds_difference
from lablib.fairness.report.audit import FEW, SMALL, audit


def decisions(rows=600, *, seed=0, gap=0.3):
    rng = np.random.default_rng(seed)
    sex = np.array(["f", "m"])[rng.integers(0, 2, rows)]
    town = np.array(["north", "south"])[rng.integers(0, 2, rows)]
    truth = rng.integers(0, 2, rows)
    decided = (rng.random(rows) < 0.3 + gap * (sex == "m") + 0.2 * truth).astype(int)
    return truth, decided, {"sex": sex, "town": town}


def test_cells_by_hand():
    truth = [1] * 20 + [0] * 20 + [1] * 10 + [0] * 30
    decided = [1] * 15 + [0] * 5 + [1] * 5 + [0] * 15 + [1] * 5 + [0] * 5 + [0] * 30
    found = audit(truth, decided, {"sex": ["f"] * 40 + ["m"] * 40})
    (one,) = found.comparisons
    women, men = one.cells
    assert (women.n, women.selected.value, women.true_positive.value) == (40, 0.5, 0.75)
    assert women.selected.interval == clopper_pearson(20, 40)
    assert men.false_positive.value == 0
    assert found.accuracy.value == 65 / 80
    assert found.majority == 50 / 80
    gaps = {gap.name: gap.estimate.value for gap in one.gaps}
    assert gaps["demographic_parity_difference"] == pytest.approx(0.5 - 0.125)
    assert gaps["equal_opportunity_difference"] == pytest.approx(0.25)
    assert gaps["demographic_parity_ratio"] == pytest.approx(0.25)


def test_a_planted_gap_is_beyond_luck_and_a_random_column_is_not():
    truth, decided, groups = decisions()
    found = audit(truth, decided, groups)
    assert [one.name for one in found.comparisons] == ["sex", "town", "sex × town"]
    sex, town, both = found.comparisons
    assert all(gap.beyond_luck for gap in sex.gaps)
    assert not any(gap.beyond_luck for gap in town.gaps[:1])
    assert len(both.cells) == 4
    assert any(w.startswith("town: no larger than luck") for w in found.warnings)
    assert not any(w.startswith("sex:") for w in found.warnings)


def test_small_cells_are_left_out_and_the_smallest_not_shown():
    truth, decided, groups = decisions(200)
    sex = groups["sex"].astype(object)
    sex[: FEW - 1] = "x"
    sex[FEW - 1 : 20] = None
    found = audit(truth, decided, {"sex": sex})
    (one,) = found.comparisons
    cells = {cell.name: cell for cell in one.cells}
    assert cells["x"].selected is None
    assert cells["unknown"].n == 20 - FEW + 1
    assert cells["unknown"].small
    assert one.left_out == ("unknown", "x")
    assert "unknown, x left out of gaps" in found.warnings[0]
    kept = np.isin(sex.astype(str), ["f", "m"])
    expected = equalized_odds_difference(truth[kept], decided[kept], groups=sex[kept])
    assert one.gaps[2].estimate.value == pytest.approx(expected)


def test_what_cannot_be_measured_says_so():
    truth, decided, groups = decisions(100)
    found = audit(truth, decided, {"sex": ["f"] * (100 - SMALL + 1) + ["m"] * (SMALL - 1)})
    assert "fewer than two groups" in found.comparisons[0].gaps[0].problem
    constant = audit(truth, np.zeros(100, int), groups)
    assert "Every decision is 0" in constant.warnings[0]
    ratio = constant.comparisons[0].gaps[3]
    assert ratio.estimate is None
    assert "not defined" in ratio.problem


def test_calibration_needs_scores():
    truth, decided, groups = decisions()
    found = audit(truth, decided, groups, score=np.full(600, 0.5))
    for cell in found.comparisons[0].cells:
        assert cell.calibration.mean_score == pytest.approx(0.5)
    assert audit(truth, decided, groups).comparisons[0].cells[0].calibration is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"y_true": [0, 1]}, "the same rows"),
        ({"y_pred": [2] * 600}, "labels must be 0 or 1"),
        ({"groups": {}}, "groups is empty"),
        ({"groups": {"sex": ["f"]}}, "one group for each of the 600 rows"),
        ({"score": [1.5] * 600}, "lie in"),
    ],
)
def test_wrong_input_is_named(changed, said):
    truth, decided, groups = decisions()
    given = {"y_true": truth, "y_pred": decided, "groups": groups, **changed}
    with pytest.raises(ValueError, match=said):
        audit(given.pop("y_true"), given.pop("y_pred"), given.pop("groups"), **given)
