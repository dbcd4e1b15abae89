"""What is recorded, by hand."""

import numpy as np
import pytest

from lablib import record
from lablib.privacy.accounting import Guarantee
from lablib.privacy.private_sgd import measures
from lablib.privacy.private_sgd.faults import FAULTS, Trial


@pytest.fixture
def recorder():
    return record.start("privacy/test", scale="quick", config={}, seeds=(0, 1, 2))


def scores():
    budgets = {"plain": 0.9, "tight": 0.6, "middle": 0.8, "loose": 0.85}
    found = {f"{name}.accuracy": [value, value + 0.02] for name, value in budgets.items()}
    found |= {"plain.rare": [0.8, 0.8], "middle.rare": [0.2, 0.4]}
    found |= {"plain.common": [0.9, 0.9], "middle.common": [0.85, 0.87]}
    found |= {"middle.smallest-batch": [5, 3], "middle.largest-batch": [9, 12]}
    return found | {"pixels.accuracy": [0.5, 0.5]}


def test_differences_are_paired_and_extremes_are_counts(recorder):
    measures.accuracies(recorder, scores(), test_over_train=0.25)
    found = recorder.metrics
    assert found["tight.cost"].value == pytest.approx(0.3)
    assert found["tight.cost"].interval.width == pytest.approx(0, abs=1e-12)
    assert found["middle.gain"].value == pytest.approx(0.31)
    assert found["rare.extra-drop"].value == pytest.approx(0.5 - 0.04)
    assert (found["middle.smallest-batch"].value, found["middle.largest-batch"].value) == (3, 12)
    assert found["middle.smallest-batch"].interval is None


def test_guarantees_keep_everything(recorder):
    claim = Guarantee(1.5, 1e-5, "prv", 0.1, 60, 2.4)
    measures.guarantees(recorder, {"middle": claim})
    assert recorder.metrics["middle.epsilon"].value == 1.5
    assert recorder.tables["guarantees"] == [{"budget": "middle"} | vars(claim)]


def test_the_worst_audit_counts(recorder):
    measures.audit(recorder, Trial(runs=200, steps=20), repeats=2, delta=1e-5)
    rows = recorder.tables["audits"]
    assert len(rows) == 2 * (1 + len(FAULTS))
    for name in FAULTS:
        bounds = [row["bound"] for row in rows if row["program"] == name]
        assert recorder.metrics[f"audit.{name}.bound"].value == min(bounds)
    right = [row["bound"] for row in rows if row["program"] == "right"]
    assert recorder.metrics["audit.right.bound"].value == max(right)
    above = np.mean(np.array(right) > recorder.metrics["audit.epsilon"].value)
    assert recorder.metrics["audit.right.share-above"].value == above
