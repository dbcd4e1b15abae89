import copy
from functools import partial

import pytest
import torch
from torch import nn

from lablib.efficiency.compressing import storing
from lablib.efficiency.compressing.pruning import (
    apply_masks,
    magnitude_mask,
    masks_for,
    two_of_four,
)
from lablib.efficiency.compressing.quantizing import rounded
from lablib.models.mlp import MLP


@pytest.fixture
def model():
    return MLP(64, hidden=(48, 32), out_features=10, seed=0).eval()


@pytest.mark.parametrize("form", storing.FORMS)
def test_a_model_comes_back_from_its_file(model, tmp_path, form):
    if form == "places":
        apply_masks(model, masks_for(model, partial(magnitude_mask, sparsity=0.8)))
    if form == "two-of-four":
        apply_masks(model, masks_for(model, two_of_four))
    if form.startswith("int"):
        bits = int(form[3:])
        rounded(model, bits=bits, group=storing.GROUP if bits == 4 else None)
    size = storing.save(model, tmp_path / "model.pt", form=form)
    assert size == (tmp_path / "model.pt").stat().st_size
    x = torch.rand(5, 64)
    assert torch.allclose(storing.load(tmp_path / "model.pt")(x), model(x), atol=1e-5)


def test_zeros_cost_as_much_as_other_numbers_until_places_are_stored(tmp_path):
    model = MLP(400, hidden=(300,), out_features=10, seed=0)
    pruned = apply_masks(
        copy.deepcopy(model), masks_for(model, partial(magnitude_mask, sparsity=0.9))
    )
    whole, dense, places, eight, four = (
        storing.save(one, tmp_path / "m.pt", form=form)
        for one, form in (
            (model, "float32"),
            (pruned, "float32"),
            (pruned, "places"),
            (model, "int8"),
            (model, "int4"),
        )
    )
    assert abs(dense - whole) < 200
    assert 7 < whole / places < 8  # 0.1 of 32 bits and a bit for the place
    assert 3.8 < whole / eight < 4
    assert 5 < whole / four < 5.4  # 4 bits, and 32 for every 16 weights


def test_a_form_that_does_not_exist(model, tmp_path):
    with pytest.raises(ValueError, match="form='zip'"):
        storing.save(model, tmp_path / "m.pt", form="zip")


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)),
            "Linear, Tanh, Linear; a file",
        ),
        (
            nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 2)),
            "BatchNorm",
        ),
        (nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2)), "Linear, Linear"),
        (nn.Sequential(nn.Linear(4, 3), nn.ReLU()), "Linear, ReLU"),
        (nn.Sequential(nn.Linear(4, 3, bias=False)), "with biases"),
        (nn.Sequential(), "nothing"),
        (nn.Conv2d(1, 2, 3), "Conv2d"),
        (MLP(4, hidden=(3,), seed=0).double(), r"torch.float64; pass model.float\(\)"),
    ],
)
def test_what_would_come_back_as_another_function_is_refused(other, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        storing.save(other, tmp_path / "m.pt")
    assert not (tmp_path / "m.pt").exists()


def test_dropout_and_plain_stacks_come_back(tmp_path):
    stack = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    x = torch.rand(5, 4)
    for model in (stack, MLP(4, hidden=(3, 5), dropout=0.5, seed=0).eval(), MLP(4, hidden=())):
        storing.save(model, tmp_path / "m.pt")
        assert torch.allclose(storing.load(tmp_path / "m.pt")(x), model(x))


def test_two_of_four_cost_seventeen_bits_a_weight(tmp_path):
    model = MLP(400, hidden=(300,), out_features=10, seed=0)
    whole = storing.save(model, tmp_path / "m.pt")
    with pytest.raises(ValueError, match="more than two of four"):
        storing.save(model, tmp_path / "m.pt", form="two-of-four")
    cut = apply_masks(copy.deepcopy(model), masks_for(model, two_of_four))
    size = storing.save(cut, tmp_path / "m.pt", form="two-of-four")
    assert whole / size == pytest.approx(32 / 17, abs=0.03)  # half of 32 bits, and 2 bits for each
    values = torch.tensor([[0.0, 5.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 3.0]])
    layer = torch.nn.Linear(12, 1)
    layer.weight.data = values
    packed = storing._pack(layer, "two-of-four")
    assert len(packed["values"]) == 6  # zeros too: each four has two places
    assert len(packed["places"]) == 2  # six places of two bits
    assert torch.equal(storing._two_of_four(packed), values)
