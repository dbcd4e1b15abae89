import pytest
import torch
from torch import nn

from lablib.models.mlp import MLP


def test_a_small_network_by_hand() -> None:
    model = MLP(2, hidden=(2,), out_features=1)
    first, last = model.layers[0], model.layers[-1]
    with torch.no_grad():
        first.weight.copy_(torch.tensor([[1.0, 1.0], [1.0, -1.0]]))
        first.bias.copy_(torch.tensor([0.0, 0.5]))
        last.weight.copy_(torch.tensor([[2.0, -3.0]]))
        last.bias.fill_(0.25)
    # (1, 2): hidden (3, -0.5 -> 0), logit 2 * 3 + 0.25
    assert model(torch.tensor([[1.0, 2.0]])).tolist() == [[6.25]]


def test_without_hidden_layers_it_is_linear() -> None:
    layers = list(MLP(4, hidden=(), out_features=3).layers)
    assert [type(layer) for layer in layers] == [nn.Linear]


def test_the_seed_decides_the_weights_and_leaves_torchs_generator() -> None:
    before = torch.get_rng_state()
    first, again, other = (MLP(3, seed=seed).layers[0].weight for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_without_a_seed_torchs_generator_decides() -> None:
    torch.manual_seed(7)
    first = MLP(3).layers[0].weight
    second = MLP(3).layers[0].weight
    torch.manual_seed(7)
    assert torch.equal(MLP(3).layers[0].weight, first)
    assert not torch.equal(first, second)


def test_dropout_acts_in_training_only() -> None:
    model, inputs = MLP(8, dropout=0.5, seed=0), torch.ones(4, 8)
    assert not torch.equal(model(inputs), model(inputs))
    model.eval()
    assert torch.equal(model(inputs), model(inputs))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hidden": (4, 0)}, r"widths \(3, 4, 0, 1\).*at least 1"),
        ({"dropout": 1.0}, r"dropout=1.0 must be in \[0, 1\)"),
        ({"dropout": -0.1}, r"dropout=-0.1 must be in \[0, 1\)"),
    ],
)
def test_bad_sizes_are_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        MLP(3, **options)  # type: ignore[arg-type]
