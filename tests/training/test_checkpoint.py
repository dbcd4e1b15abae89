import os
from pathlib import Path
from typing import Any

import pytest
import torch

from lablib.training import TrainingConfig, fit
from lablib.training.checkpoint import write_atomically
from tests.training.setting import Stop, configuration, examples, logistic, network, train


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "run.pt"
    train(checkpoint=path)
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"learning_rate": 0.01}, ["learning_rate=0.05", "learning_rate=0.01"]),
        ({"seed": 9}, ["seed=3", "seed=9"]),
        ({"epochs": 7}, ["epochs=6", "epochs=7"]),
        ({"accumulation": 1}, ["accumulation=3", "accumulation=1"]),
    ],
)
def test_a_run_under_other_settings_is_refused(
    saved: Path, changes: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(ValueError, match="a run continues only as it began") as caught:
        train(checkpoint=saved, **changes)
    for word in [*words, str(saved), "delete this one"]:
        assert word in str(caught.value)


def test_other_data_are_refused(saved: Path) -> None:
    config = configuration(checkpoint=saved)
    inputs, targets = examples()
    changed = inputs.clone()
    changed[-1, -1] += 1e-3
    with pytest.raises(ValueError, match="is of a run with train="):
        fit(
            network(),
            (changed, targets),
            loss=logistic,
            config=config,
            validation=examples(20, seed=1),
        )


def test_another_model_is_refused(saved: Path) -> None:
    other = torch.nn.Linear(5, 1)
    with pytest.raises(ValueError, match="must hold the weights of this model"):
        fit(
            other,
            examples(),
            loss=logistic,
            config=configuration(checkpoint=saved),
            validation=examples(20, seed=1),
        )


@pytest.mark.parametrize("content", [b"", b"half of a checkpoint", "other"])
def test_a_file_that_is_no_checkpoint_is_named(tmp_path: Path, content: Any) -> None:
    path = tmp_path / "run.pt"
    if content == "other":
        torch.save({"weights": torch.zeros(1)}, path)
    else:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"run\.pt' must be a file saved by lablib.*delete it"):
        train(checkpoint=path)


def test_nothing_in_a_checkpoint_is_executed(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "trapped"),)

    path = tmp_path / "run.pt"
    torch.save({"identity": Trap(), "state": {}}, path)
    with pytest.raises(ValueError, match="must be a file saved by lablib"):
        train(checkpoint=path)
    assert not (tmp_path / "trapped").exists()


def test_an_error_while_writing_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.pt"
    write_atomically(path, {"value": 1})

    def fail(content: Any, file: Any) -> None:
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, {"value": 2})
    assert torch.load(path, weights_only=True) == {"value": 1}


def test_saves_when_asked_to(tmp_path: Path) -> None:
    """Five steps an epoch, stopped in step 8: saved last at step 5, or every 3 at step 6."""

    def stop() -> None:
        raise KeyboardInterrupt

    for every, step in [(None, 5), (3, 6)]:
        path = tmp_path / f"{every}.pt"
        with pytest.raises(KeyboardInterrupt):
            train(loss=Stop(14 + 7, stop), checkpoint=path, checkpoint_every=every)
        assert torch.load(path, weights_only=True)["state"]["step"] == step
        assert sorted(p.name for p in tmp_path.glob("*.partial")) == []


def test_without_a_path_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = TrainingConfig(epochs=1, device="cpu")
    assert fit(network(), examples(), loss=logistic, config=config).resumed_from is None
    assert list(tmp_path.iterdir()) == []
