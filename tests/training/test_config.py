import re
from typing import Any

import pytest

from lablib.training import TrainingConfig


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": None}, ["epochs=None", "max_steps=None", "exactly one", "epochs=10"]),
        ({"max_steps": 5}, ["epochs=2", "max_steps=5", "exactly one"]),
        ({"epochs": 0}, ["epochs=0", "at least 1"]),
        ({"batch_size": 0}, ["batch_size=0", "at least 1", "batch_size=1"]),
        ({"learning_rate": 0.0}, ["learning_rate=0.0", "positive", "learning_rate=1e-3"]),
        ({"learning_rate": float("nan")}, ["learning_rate=nan", "finite"]),
        ({"weight_decay": -0.1}, ["weight_decay=-0.1", "at least 0"]),
        ({"clip_norm": 0.0}, ["clip_norm=0.0", "positive"]),
        ({"warmup_steps": -1}, ["warmup_steps=-1", "at least 0"]),
        ({"seed": -1}, ["seed=-1", "at least 0"]),
        ({"patience": 0}, ["patience=0", "at least 1"]),
        ({"accumulation": 0}, ["accumulation=0", "at least 1"]),
        ({"batch_size": 4, "accumulation": 5}, ["accumulation=5", "batch_size=4", "lower"]),
        ({"precision": "fp16"}, ["precision='fp16'", "fp32, bf16", "precision='fp32'"]),
        ({"device": "gpu"}, ["device='gpu'", "auto, cpu, cuda, mps"]),
        ({"schedule": "linear"}, ["schedule='linear'", "constant, cosine"]),
        ({"checkpoint": "a.pt", "checkpoint_every": 0}, ["checkpoint_every=0", "at least 1"]),
        ({"checkpoint_every": 3}, ["checkpoint_every=3", "needs a file", "checkpoint='run.pt'"]),
    ],
)
def test_a_bad_value_is_named_with_its_rule_and_a_fix(
    changes: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(ValueError, match=re.escape(words[0])) as caught:
        TrainingConfig(**{"epochs": 2, **changes})
    assert [word for word in words if word not in str(caught.value)] == []


def test_length_in_epochs_or_steps() -> None:
    assert TrainingConfig(epochs=3).total_steps(7) == 21
    assert TrainingConfig(max_steps=3).total_steps(7) == 3


def test_only_what_decides_the_result_identifies_a_run() -> None:
    plain = TrainingConfig(epochs=2)
    told = TrainingConfig(epochs=2, checkpoint="a.pt", log_dir="logs", progress=True, device="cpu")
    assert plain.decisive() == told.decisive()
    assert plain.decisive() != TrainingConfig(epochs=2, learning_rate=0.1).decisive()
