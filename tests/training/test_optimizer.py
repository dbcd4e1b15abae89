import pytest
import torch
from torch import nn

from lablib.training.optimizer import adamw, parameter_groups


def test_only_matrices_decay() -> None:
    model = nn.Sequential(nn.Embedding(4, 3), nn.Linear(3, 2), nn.LayerNorm(2))
    decayed, plain = parameter_groups(model, 0.5)
    assert [tuple(p.shape) for p in decayed["params"]] == [(4, 3), (2, 3)]
    assert [tuple(p.shape) for p in plain["params"]] == [(2,), (2,), (2,)]
    assert (decayed["weight_decay"], plain["weight_decay"]) == (0.5, 0.0)


def test_one_step_by_hand() -> None:
    """The first step of Adam moves each weight by the rate against its gradient's sign."""
    model = nn.Linear(1, 1)
    nn.init.constant_(model.weight, 2.0)
    nn.init.constant_(model.bias, 1.0)
    optimizer = adamw(model, learning_rate=0.1, weight_decay=0.5)
    model.weight.grad, model.bias.grad = torch.tensor([[3.0]]), torch.tensor([-7.0])
    optimizer.step()
    # Decay first: 2 * (1 - 0.1 * 0.5) = 1.9, then 0.1 down; the bias rises by 0.1 undecayed.
    assert model.weight.item() == pytest.approx(1.8, abs=1e-6)
    assert model.bias.item() == pytest.approx(1.1, abs=1e-6)


def test_a_model_with_nothing_to_train_is_refused() -> None:
    with pytest.raises(ValueError, match="must have a trainable parameter.*requires_grad=True"):
        parameter_groups(nn.Linear(1, 1).requires_grad_(False), 0.0)
