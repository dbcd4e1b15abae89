import pytest

from lablib import record
from lablib.applications.credit.limits import LIMITS, Limit, may_be_deployed, verdict, verdicts
from lablib.evaluation import Interval


def made(**metrics):
    recorder = record.start("applications/finance", scale="quick", config={}, seeds=(0, 1))
    recorder.metric("base.auc", 0.5)
    for name, (value, low, high) in metrics.items():
        ends = None if low is None else Interval(low, high)
        recorder.metric(f"row.{name.replace('_', '-')}", value, interval=ends)
    return recorder.finish(baseline="base.auc", control="base.auc")


@pytest.mark.parametrize(("ends", "at_most", "at_least"), [
    ((0.1, 0.1, 0.2), "kept", "broken"),
    ((0.4, 0.35, 0.5), "broken", "kept"),
    ((0.3, 0.2, 0.4), "open", "open"),
    ((0.3, None, None), "kept", "kept"),  # exactly the bound, and known exactly
])  # fmt: skip
def test_a_limit_is_kept_by_the_whole_interval(ends, at_most, at_least):
    result = made(gap=ends)
    assert verdict(result, "row", Limit("", "gap", 0.3)) == at_most
    assert verdict(result, "row", Limit("", "gap", 0.3, at_least=True)) == at_least


def test_what_was_not_measured_is_not_kept():
    assert verdict(made(), "row", Limit("", "gap", 1.0)) == "not measured"
    assert not may_be_deployed(made(), "row")
    assert verdicts(made(), "row")["epsilon at most 3"] == "broken"


def test_a_row_that_keeps_all_may_be_deployed_and_one_limit_suffices_to_stop_it():
    good = {limit.quantity: (limit.bound, None, None) for limit in LIMITS}
    assert may_be_deployed(made(**good), "row")  # so the list can also say yes
    for limit in LIMITS:
        worse = limit.bound + (-0.01 if limit.at_least else 0.01)
        result = made(**good | {limit.quantity: (worse, None, None)})
        assert not may_be_deployed(result, "row")
        assert [w for w, v in verdicts(result, "row").items() if v != "kept"] == [limit.words]
