"""A training process to be started twice by PyTorch's launcher; see test_distributed.py.

python -m torch.distributed.run --standalone --nproc-per-node 2 \
    -m tests.training.parallel_run FOLDER
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import torch

from lablib.training import fit
from tests.training.setting import Stop, configuration, examples, logistic, network


def run(*, dropout: float = 0.0, loss: Any = logistic, **changes: Any) -> dict[str, Any]:
    """Train on 4 batches of 11, cut unequally, and one of 1, which leaves a process without any."""
    model = network(dropout=dropout).double()
    data = tuple(tensor[:45].double() for tensor in examples())
    validation = tuple(tensor.double() for tensor in examples(21, seed=1))
    config = configuration(batch_size=11, **changes)
    result = fit(model, data, loss=loss, config=config, validation=validation)
    return {
        "weights": result.model.state_dict(),
        "losses": [(line.train_loss, line.validation_loss) for line in result.history],
        "resumed_from": result.resumed_from,
    }


def stop() -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    rank = os.environ["RANK"]
    outcome = {"plain": run(log_dir=folder / f"logs-{rank}")}
    outcome["dropped"] = run(dropout=0.3)
    path = {"dropout": 0.3, "checkpoint": folder / "run.pt", "checkpoint_every": 3}
    try:
        run(loss=Stop(40, stop), **path)
    except KeyboardInterrupt:
        outcome["resumed"] = run(**path)
    torch.save(outcome, folder / f"rank-{rank}.pt")
