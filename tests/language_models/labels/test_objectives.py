"""Two objectives and their yardstick: by hand, on text with a rule, and on text without one."""

import math

import numpy as np
import pytest
import torch

from lablib.language_models.labels import objectives
from lablib.language_models.labels.objectives import Shape
from lablib.training import TrainingConfig

SHAPE = Shape(vocabulary=12, context=16, width=32, heads=2, layers=1)
SCHEDULE = TrainingConfig(max_steps=60, batch_size=16, learning_rate=1e-2, warmup_steps=5)
GENERATOR = torch.Generator().manual_seed(0)


def counting(rows):
    """Windows in which each token is the one before plus one: the next is certain."""
    first = torch.randint(4, 12, (rows, 1), generator=GENERATOR)
    return 4 + (first - 4 + torch.arange(17)) % 8


def noise(rows):
    return torch.randint(4, 12, (rows, 17), generator=GENERATOR)


def test_unigram_by_hand():
    training = torch.tensor([[0, 0, 0, 1]])
    held_out = torch.tensor([[0, 0, 1]])
    expected = -(math.log(4 / 6) + math.log(2 / 6)) / 2  # counts 3 and 1, plus one each
    found = objectives.unigram_loss(training, held_out, vocabulary=2)
    assert found.value == pytest.approx(expected)


@pytest.mark.parametrize("objective", objectives.OBJECTIVES)
def test_an_objective_learns_the_rule_and_not_the_noise(objective):
    for windows, held_out, learns in ((counting(256), counting(64), True),
                                      (noise(256), noise(64), False)):  # fmt: skip
        result = objectives.pretrain(objective, windows, shape=SHAPE, mask_token=3, config=SCHEDULE)
        floor = objectives.unigram_loss(windows, held_out, vocabulary=12).value
        loss = objectives.held_out_loss(
            objective, result.network, held_out, mask_token=3, seed=0
        ).value
        assert len(result.losses) == SCHEDULE.max_steps
        if learns:
            assert loss < floor - 0.3
        else:
            assert loss > floor - 0.05


def test_held_out_loss_of_equal_scores_is_the_logarithm_of_v():
    model = objectives.network("causal", SHAPE, seed=0)
    with torch.no_grad():
        model.embedding.weight.zero_()
    found = objectives.held_out_loss("causal", model, noise(20), mask_token=3, seed=0)
    assert found.value == pytest.approx(math.log(12), abs=1e-6)


def test_causal_loss_cannot_be_had_by_looking_ahead():
    """The held-out loss of a causal model on its labels' order reversed is not the same."""
    windows = counting(128)
    model = objectives.pretrain(
        "causal", windows, shape=SHAPE, mask_token=3, config=SCHEDULE
    ).network
    forward = objectives.held_out_loss("causal", model, windows, mask_token=3, seed=0).value
    backward = objectives.held_out_loss("causal", model, windows.flip(1), mask_token=3, seed=0)
    assert backward.value > forward + 1


@pytest.mark.parametrize("objective", objectives.OBJECTIVES)
def test_a_classifier_ignores_what_is_padding(objective):
    body = objectives.network(objective, SHAPE, seed=0)
    model = objectives.classifier(objective, body, classes=3, seed=0).eval()
    ids = torch.tensor([[5, 6, 7, 0, 0]])
    other = torch.tensor([[5, 6, 7, 9, 8]])
    mask = torch.tensor([[1, 1, 1, 0, 0]])
    with torch.no_grad():
        torch.testing.assert_close(model(ids, mask), model(other, mask), atol=1e-6, rtol=0)


def test_the_same_seed_gives_the_same_network():
    one, two, other = (objectives.network("masked", SHAPE, seed=s) for s in (0, 0, 1))
    weights = [np.concatenate([p.detach().numpy().ravel() for p in m.parameters()])
               for m in (one, two, other)]  # fmt: skip
    assert np.array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_unknown_objective_is_named():
    with pytest.raises(ValueError, match="'next' must be one of causal, masked"):
        objectives.network("next", SHAPE, seed=0)
