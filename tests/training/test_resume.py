"""An interrupted run ends where the uninterrupted one does, bit for bit on a processor."""

import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.training import checkpoint
from lablib.training.batches import Batches
from lablib.training.loop import FitResult
from tests.training.setting import CALLS, Stop, checkpoint_in, same_weights, train

ROOT = Path(__file__).parents[2]


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.fixture(scope="module")
def whole() -> FitResult:
    return train(patience=6)


def interrupted(folder: Path, calls: int, *, every: int | None = 1) -> FitResult:
    """Train until `calls` micro-batches are done, then start again as a new process would."""
    path = checkpoint_in(folder)
    run = {"checkpoint": path, "checkpoint_every": every, "patience": 6}
    with pytest.raises(KeyboardInterrupt):
        train(loss=Stop(calls, interrupt), **run)
    return train(**run)


@given(calls=st.integers(0, CALLS - 1), every=st.sampled_from([1, 2, 3, 7, None]))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_an_interruption_anywhere_changes_nothing(
    whole: FitResult, calls: int, every: int | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        resumed = interrupted(Path(folder), calls, every=every)
    assert same_weights(resumed.model, whole.model)
    assert resumed.history == whole.history
    assert (resumed.best_epoch, resumed.steps) == (whole.best_epoch, whole.steps)


def test_early_stopping_counts_on_after_an_interruption(tmp_path: Path) -> None:
    run = {"patience": 1, "learning_rate": 0.5}
    whole = train(**run)
    assert whole.steps < 30, "the setting must stop early for this test to mean anything"
    path = checkpoint_in(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        train(loss=Stop(16, interrupt), checkpoint=path, **run)
    resumed = train(checkpoint=path, **run)
    again = train(checkpoint=path, **run)  # a finished run has nothing left to do
    assert resumed.resumed_from == 5
    assert again.resumed_from == whole.steps
    for other in (resumed, again):
        assert same_weights(other.model, whole.model)
        assert other.history == whole.history


@pytest.mark.parametrize(
    ("where", "most"), [("step", CALLS - 1), ("write", 14)], ids=["in a step", "in a save"]
)
def test_a_killed_process_leaves_a_checkpoint_to_resume_from(
    tmp_path: Path, whole: FitResult, where: str, most: int
) -> None:
    count = random.Random(where).randint(6, most)
    path = checkpoint_in(tmp_path)
    command = [sys.executable, "-m", "tests.training.killed_run", str(path)]
    command += [str(torch.get_num_threads()), where, str(count)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120)
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    resumed = train(checkpoint=path, checkpoint_every=2)
    assert resumed.resumed_from
    assert resumed.steps > resumed.resumed_from
    uninterrupted = train()
    assert same_weights(resumed.model, uninterrupted.model)
    assert resumed.history == uninterrupted.history


# Wrong variants: each forgets one thing that a checkpoint must bring back.


def test_without_the_random_state_the_result_differs(
    tmp_path: Path, whole: FitResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "set_random_state", lambda device, state: None)
    assert not same_weights(interrupted(tmp_path, 40).model, whole.model)


def test_without_the_moments_of_adam_the_result_differs(
    tmp_path: Path, whole: FitResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.optim.AdamW, "load_state_dict", lambda self, state: None)
    assert not same_weights(interrupted(tmp_path, 40).model, whole.model)


def test_without_the_position_in_the_epoch_the_result_differs(
    tmp_path: Path, whole: FitResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Batches.steps

    def from_the_epochs_start(self: Batches, start: int, stop: int) -> object:
        skipped = start % self.per_epoch
        return steps(self, start - skipped, stop - skipped)

    monkeypatch.setattr(Batches, "steps", from_the_epochs_start)
    assert not same_weights(interrupted(tmp_path, 40).model, whole.model)
