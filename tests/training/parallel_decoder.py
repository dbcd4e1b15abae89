"""A `Decoder` in a process to be started twice by PyTorch's launcher; see test_language.py."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch

from tests.training.test_language import decoder, train

if __name__ == "__main__":
    torch.set_num_threads(1)
    result = train(decoder(checkpointing=True).double())
    torch.save(result.model.state_dict(), Path(sys.argv[1]) / f"rank-{os.environ['RANK']}.pt")
