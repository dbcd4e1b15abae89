import numpy as np
import pytest
import torch

from lablib.data.image import ImageData
from lablib.robustness.hardening.digits import cut, network, trained
from lablib.robustness.hardening.losses import plain_loss
from lablib.training import TrainingConfig


def test_networks_have_ten_logits_and_follow_their_seed():
    images = torch.rand(3, 1, 28, 28)
    for kind in ("mlp", "cnn"):
        one, same, other = (network(kind, width=16, seed=seed) for seed in (0, 0, 1))
        assert one(images).shape == (3, 10)
        assert torch.equal(one(images), same(images))
        assert not torch.equal(one(images), other(images))
    with pytest.raises(ValueError, match="use 'mlp' or 'cnn'"):
        network("vit", seed=0)


def test_parts_and_watched_pictures():
    rng = np.random.default_rng(0)
    images = rng.random((100, 1, 28, 28), dtype=np.float32)
    data = ImageData("x", images, np.arange(100) % 10, tuple("0123456789"))
    parts = cut(data, seed=0)
    assert (len(parts.train[1]), len(parts.test[1])) == (80, 20)
    assert len(parts.attacked(5)[1]) == 5
    assert len(parts.attacked(None)[1]) == 20
    config = TrainingConfig(epochs=1, batch_size=30, device="cpu")
    for held, steps in ((0, 3), (30, 2)):
        model = network("mlp", width=4, seed=0)
        result = trained(model, parts.train, loss=plain_loss, config=config, held=held)
        assert result.steps == steps
        assert (result.history[0].validation_loss is None) == (held == 0)
