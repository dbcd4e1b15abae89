import pytest
import torch
from torch import nn

from lablib.robustness.threat import ThreatModel
from lablib.training import TrainingConfig, fit
from lablib.training.losses import classification_loss


@pytest.fixture(scope="session")
def threat():
    return ThreatModel(eps=0.1)


@pytest.fixture(scope="session")
def blobs():
    """Four classes of 1 x 6 x 6 pictures: one bright quarter each, with noise."""
    generator = torch.Generator().manual_seed(0)
    target = torch.arange(240) % 4
    images = 0.35 + 0.1 * torch.randn(240, 1, 6, 6, generator=generator)
    for row, label in enumerate(target.tolist()):
        top, left = 3 * (label // 2), 3 * (label % 2)
        images[row, :, top : top + 3, left : left + 3] += 0.2
    return images.clamp(0, 1), target


@pytest.fixture(scope="session")
def net(blobs):
    """A small network, trained plainly."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(36, 24), nn.ReLU(), nn.Linear(24, 4))
    config = TrainingConfig(epochs=12, batch_size=40, learning_rate=1e-2, device="cpu")
    fit(model, blobs, loss=classification_loss, config=config)
    return model
