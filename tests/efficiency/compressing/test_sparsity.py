from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lablib.efficiency.compressing import sparsity
from lablib.efficiency.compressing.pruning import apply_masks, magnitude_mask, masks_for
from lablib.efficiency.compressing.storing import save
from lablib.models.mlp import MLP

KEPT = {"magnitude": (0.97, 0.95, 0.85), "chance": (0.6, 0.2, 0.12)}
VALUES = {
    "original.accuracy": 0.97, "magnitude-cut.accuracy": 0.85, "random-cut.accuracy": 0.12,
    "zeros.accuracy": 0.968, "random.accuracy": 0.95,
}  # fmt: skip


@pytest.fixture(scope="module")
def view():
    rows = [
        {"rule": rule, "sparsity": share, "seed": seed, "accuracy": value + 0.01 * (seed - 1)}
        for rule, values in KEPT.items()
        for share, value in zip((0.5, 0.8, 0.9), values, strict=True)
        for seed in range(3)
    ]
    record = SimpleNamespace(
        config={"recipe": {"sparsity": 0.9}}, tables={"curve": rows}, seeds=(0, 1, 2),
        value=VALUES.__getitem__,
    )  # fmt: skip
    return sparsity.curve(record)


def test_each_share_shows_the_mean_of_its_seeds(view):
    assert [one.label for one in view.settings] == ["50%", "80%", "90%"]
    assert view.settings[view.default].label == "90%"
    for place, one in enumerate(view.settings):
        for mark, values in zip(one.marks, KEPT.values(), strict=True):
            assert mark.y == [pytest.approx(values[place])]
            assert mark.low[0] < mark.y[0] < mark.high[0] <= 1
        assert one.readouts["smallest removed"].startswith(f"{KEPT['magnitude'][place]:.3f} (")


def test_the_answer_is_that_of_the_record(view):
    for name in ("magnitude-cut", "random-cut", "zeros"):
        assert f"{VALUES[f'{name}.accuracy']:.3f}" in view.predict.answer
    assert view.predict.drawn
    assert len(view._repr_html_()) < 30_000


def test_bytes_are_those_of_a_file(tmp_path):
    model = MLP(784, hidden=(300,), out_features=10, seed=0)
    full = save(model, tmp_path / "full")
    for share in (0.5, 0.9):
        cut = apply_masks(model, masks_for(model, lambda w, s=share: magnitude_mask(w, sparsity=s)))
        stored = save(cut, tmp_path / "cut", form="places")
        assert stored / full == pytest.approx(sparsity.stored_share(share), abs=0.01)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_zeros_never_take_more_bytes_and_few_take_more_than_none_stored_so(one, two):
    less, more = sorted((one, two))
    assert sparsity.stored_share(more) <= sparsity.stored_share(less)
    assert (sparsity.stored_share(one) > 1) == (one < 1 / 32)


def test_a_share_outside_is_refused():
    with pytest.raises(ValueError, match="sparsity=1.5 must lie between 0 and 1"):
        sparsity.stored_share(1.5)
