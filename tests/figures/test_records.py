"""A number with its interval is written one way, and quick stands beside full."""

from dataclasses import replace

import pytest

from lablib import figures, record
from lablib.evaluation.intervals import Estimate, Interval
from lablib.figures.records import NOT_HERE, NOT_YET
from lablib.record import Metric, Record

NAME = "demo/coin"


@pytest.fixture
def quick() -> Record:
    made = record.start(NAME, scale="quick", config={"flips": 10}, seeds=[0, 1])
    made.metric("coin.heads", 0.5, interval=Interval(0.2, 0.8), n=10)
    made.metric("coin.flips", 20)
    made.metric("random.heads", 0.5)
    return made.finish(baseline="random.heads", control="random.heads")


@pytest.fixture
def full(quick: Record, monkeypatch: pytest.MonkeyPatch) -> Record:
    """A committed full record: one more metric than the quick one, and one fewer."""
    made = replace(
        quick,
        seeds=(0, 1, 2),
        metrics={
            "coin.heads": Metric(0.51, Interval(0.5, 0.52)),
            "coin.edge": Metric(0.001, Interval(-0.0004, 0.0024)),
        },
        cost={"cpu_seconds": 1234.6, "peak_memory_mb": 56.7},
        environment={"device": "cpu"},
    )
    monkeypatch.setattr(record, "available", lambda name: ("full",) if name == NAME else ())
    monkeypatch.setattr(record, "load", lambda name, *, scale: made)
    return made


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "available", lambda name: ())


@pytest.mark.parametrize(
    ("metric", "form", "text"),
    [
        (Metric(0.5, Interval(0.25, 0.75)), "z.3f", "0.500 [0.250, 0.750]"),
        (Metric(0.5, Interval(0.25, 0.75)), ".0%", "50% [25%, 75%]"),
        (Metric(0.5, Interval(-0.25, 0.75)), "+.2f", "+0.50 [-0.25, +0.75]"),
        (Metric(-0.0001, Interval(-0.0002, 0.5)), "z.3f", "0.000 [0.000, 0.500]"),
        (Metric(0.5), "z.3f", "0.500"),
        (Metric(1, Interval(1, 1)), "z.3f", "1.000"),
        (Metric(30000), ",.0f", "30,000"),
        (Estimate(0.5, Interval(0.4, 0.6), 10), ".1f", "0.5 [0.4, 0.6]"),
    ],
)
def test_a_number_with_its_interval(metric: Metric, form: str, text: str) -> None:
    assert figures.written(metric, form) == text


def test_bounds_cut_the_interval_and_never_the_value() -> None:
    metric = Metric(0.02, Interval(-0.03, 1.07))
    assert figures.written(metric, ".2f", bounds=(0, 1)) == "0.02 [0.00, 1.00]"
    assert figures.written(metric, ".2f", bounds=(0.03, 1)) == "0.02 [0.03, 1.00]"


def test_beside_the_full_record_stands_what_it_cost(quick: Record, full: Record) -> None:
    view = figures.beside_full(
        quick,
        {"heads": "coin.heads", "edge": "coin.edge", "flips": "coin.flips"},
        caption="Mean.",
        heading="share",
        runs="splits",
        form=".2f",
    )
    assert view.rows == (
        {"share": "heads", "this page, 2 splits": "0.50 [0.20, 0.80]",
         "full, 3 splits": "0.51 [0.50, 0.52]"},
        {"share": "edge", "this page, 2 splits": NOT_HERE, "full, 3 splits": "0.00 [-0.00, 0.00]"},
        {"share": "flips", "this page, 2 splits": "20.00", "full, 3 splits": NOT_HERE},
    )  # fmt: skip
    assert view.caption == "Mean. Full record: 1,235 processor seconds, 57 MB, device cpu."


def test_shares_beside_the_full_record_stay_shares(quick: Record, full: Record) -> None:
    view = figures.beside_full(
        quick,
        {
            "edge": "coin.edge",
            "own": lambda one: figures.written(Metric(0, Interval(-1, 2)), ".0f"),
        },
        caption="Mean.",
        form=".2%",
        bounds=(0, 1),
    )
    assert view.rows[0]["full, 3 seeds"] == "0.10% [0.00%, 0.24%]"
    assert view.rows[1]["full, 3 seeds"] == "0 [-1, 2]"  # a function of its own knows better


@pytest.mark.usefixtures("nothing")
def test_without_a_full_record_stands_the_command_that_makes_it(quick: Record) -> None:
    view = figures.beside_full(
        quick, {"heads": "coin.heads"}, caption="Mean.", options="--folder DIR"
    )
    assert view.rows == (
        {"quantity": "heads", "this page, 2 seeds": "0.500 [0.200, 0.800]", "full": NOT_YET},
    )
    assert view.caption.endswith("made by: lablib run demo/coin --scale full --folder DIR --save")
    assert figures.full_record(NAME) is None


def test_a_row_may_write_its_own_cell(quick: Record, full: Record) -> None:
    view = figures.beside_full(quick, {"runs": lambda one: f"{len(one.seeds)}"}, caption="Runs.")
    assert list(view.rows[0].values()) == ["runs", "2", "3"]


@pytest.mark.usefixtures("nothing")
def test_a_metric_of_no_record_is_named(quick: Record) -> None:
    with pytest.raises(ValueError, match=r"metric 'coin.edge', which is in no record of demo/coin"):
        figures.beside_full(quick, {"edge": "coin.edge"}, caption="Mean.")
