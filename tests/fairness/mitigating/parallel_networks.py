"""Fair networks to be started twice by PyTorch's launcher; see test_networks.py."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import torch

from lablib.fairness.mitigating import networks
from lablib.models.mlp import MLP
from lablib.training import TrainingConfig, fit
from tests.fairness.mitigating.people import people

BATCH, STRENGTH = 25, 2.0


def train(kind: str, **changes: Any) -> dict[str, Any]:
    """Train in double precision on unequal batches; return weights and losses of the epochs."""
    x, y, groups = people(90)
    signs = networks.group_contrasts(y, groups, criterion="equalized-odds")
    data = [torch.tensor(part, dtype=torch.float64) for part in (x, y[:, None], signs)]
    predictor = MLP(x.shape[1], hidden=(8,), seed=0)
    if kind == "adversarial":
        adversary = MLP(3, hidden=(4,), seed=1)
        model = networks.Adversarial(predictor, adversary, with_label=True).double()
        loss = networks.adversarial_loss(STRENGTH)
    else:
        model = networks.Regularised(predictor, gaps=2).double()
        make = {"regularised": networks.regularised_loss, "squared": networks.squared_gap_loss}
        loss = make[kind](STRENGTH)
    config = TrainingConfig(
        epochs=4, batch_size=BATCH, learning_rate=0.02, device="cpu", seed=5, **changes
    )
    result = fit(model, data, loss=loss, config=config)
    return {
        "weights": result.model.state_dict(),
        "losses": [line.train_loss for line in result.history],
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    folder, rank = Path(sys.argv[1]), os.environ["RANK"]
    outcome = {kind: train(kind) for kind in ("regularised", "adversarial")}
    torch.save(outcome, folder / f"rank-{rank}.pt")
