"""The experiment at a very small scale: its record, its controls, and that bands bite."""

from dataclasses import replace

import pytest

from lablib import experiment, figures
from lablib.privacy import dp_sgd
from lablib.privacy.accounting import Guarantee
from lablib.privacy.private_sgd import drawing, promise
from lablib.privacy.private_sgd.faults import FAULTS, Trial

SMALL = replace(
    dp_sgd.CONFIGS["quick"],
    seeds=(0, 1),
    orientations=2,
    steps=15,
    attack=dp_sgd.Attack(ordinary=200, canaries=220, steps=60, plain_rate=0.1),
    trial=Trial(runs=200, steps=40),
    audits=1,
)


@pytest.fixture(scope="module")
def small():
    return dp_sgd.run(SMALL, scale="quick")


def test_the_record_says_what_a_reader_needs(small):
    assert (small.baseline, small.control) == ("pixels.accuracy", "shuffled.accuracy")
    assert small.value("train.pictures") == 4000
    for row in small.tables["guarantees"]:
        assert set(row) >= {
            "epsilon", "delta", "accountant", "sampling_rate", "steps", "noise_multiplier",
            "neighbours",
        }  # fmt: skip
    assert {row["program"] for row in small.tables["audits"]} == {"right", *FAULTS}
    assert set(small.data) == {"mnist"}


def test_even_so_small_the_order_is_right(small):
    epsilons = [small.value(f"{name}.epsilon") for name in dp_sgd.BUDGETS]
    assert epsilons == sorted(epsilons)
    assert small.value("plain.accuracy") > small.value("tight.accuracy") > 0.4
    assert small.value("shuffled.accuracy") < 0.25
    assert small.value("middle.rare") < small.value("middle.common")
    assert small.value("plain.clipped") == 0
    assert small.value("middle.clipped") > 0.3
    assert small.value("middle.smallest-batch") < 400 < small.value("middle.largest-batch")


def test_the_attack_works_before_and_not_after(small):
    assert small.value("attack.plain.canaries.auc") > 0.7
    assert small.value("attack.private.canaries.auc") < 0.6
    assert small.value("attack.private.accuracy") > 0.15  # it did learn a little
    assert small.value("attack.private.bound.highest") <= small.value("attack.private.epsilon")


def test_every_figure_can_be_drawn(small):
    views = [
        drawing.curve(small), drawing.guarantees(small), drawing.who_loses(small),
        drawing.attacks(small, reveal="Which?"), drawing.audits(small), drawing.pipeline(),
        drawing.at_larger_scale(small), promise.any_attack(small),
    ]  # fmt: skip
    assert all(view._repr_html_() for view in views)


def test_the_promise_is_explored_with_the_epsilons_of_the_record(small):
    view = promise.any_attack(small)
    rows = {one.label: one.readouts for one in view.settings}
    for budget, noise in zip(dp_sgd.BUDGETS, small.config["noise"], strict=True):
        assert rows[f"{noise:g}"]["epsilon"] == f"{small.value(f'{budget}.epsilon'):.2f}"
        assert rows[f"{noise:g}"]["accuracy"] == f"{small.value(f'{budget}.accuracy'):.3f}"
    shares = [float(row["found at most"].rstrip("%")) for row in rows.values()]
    assert shares == sorted(shares, reverse=True)
    assert len(view._repr_html_()) < 30_000


def test_a_broken_training_leaves_its_bands():
    config = replace(SMALL, noise=(0.0, 0.0, 0.0))
    assert config.training("tight", seed=0).noise_multiplier == 0
    bands = dp_sgd.ACCEPTANCE["quick"]
    for scale in ("quick", "full"):
        assert set(dp_sgd.ACCEPTANCE[scale]) >= {f"audit.{name}.bound" for name in FAULTS}
    assert bands["tight.epsilon"][1] < bands["loose.epsilon"][0]
    assert "privacy/dp-sgd" in experiment.names()


def test_full_scale_is_the_same_code_with_other_numbers():
    full = dp_sgd.CONFIGS["full"]
    assert full.order == 2
    assert full.training("plain", seed=3).noise_multiplier == 0
    assert full.training("middle", seed=3).noise_multiplier == 2.0


def test_no_caption_has_an_epsilon_without_what_it_rests_on(small):
    rows = {
        drawing.who_loses: next(
            row for row in small.tables["guarantees"] if row["budget"] == "middle"
        ),
        drawing.attacks: small.tables["attacked"][0],
        drawing.audits: small.tables["claim"][0],
    }
    for draw, row in rows.items():
        claim = Guarantee(**{name: value for name, value in row.items() if name != "budget"})
        assert str(claim) in draw(small)._repr_html_(), draw.__name__
    for draw in (drawing.curve, drawing.guarantees, drawing.at_larger_scale):
        page = draw(small)._repr_html_()
        for part in ("delta = 1e-05", "PRV accountant", "at rate 0.1, 15 steps", "6, 2.4, 1.3"):
            assert part in page, (draw.__name__, part)


def test_the_full_record_stands_beside_the_page_where_it_weakens_a_finding(small):
    full, page = figures.full_record("privacy/dp-sgd"), drawing.at_larger_scale(small)._repr_html_()
    for name in ("rare.extra-drop", "attack.plain.canaries.found"):
        assert figures.written(full[name]) in page
        assert figures.written(small[name]) in page
    low, high = (full.value(f"attack.plain.bound.{end}") for end in ("lowest", "highest"))
    assert f"{low:.2f} to {high:.2f}" in page
    assert high < full.value("attack.private.epsilon") < 2.05  # "no longer exceeds the claim"


def test_the_committed_record_keeps_its_bands():
    full = figures.full_record("privacy/dp-sgd")
    experiment.accept(full, dp_sgd.ACCEPTANCE["full"])
