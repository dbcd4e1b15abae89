import io
import sys
from pathlib import Path

import pytest

from tests.training.setting import Stop, train


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_silent_unless_asked(capfd: pytest.CaptureFixture[str]) -> None:
    train()
    train(progress=True)  # asked, but this is no terminal
    assert capfd.readouterr() == ("", "")


def test_a_bar_on_a_terminal_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    train(progress=True, patience=None)
    assert "30/30" in terminal.getvalue()
    assert "loss=" in terminal.getvalue()
    assert capsys.readouterr().out == ""


def test_tensorboard_when_asked_and_through_an_interruption(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    def stop() -> None:
        raise KeyboardInterrupt

    run = {"log_dir": tmp_path / "logs", "checkpoint": tmp_path / "run.pt", "patience": None}
    with pytest.raises(KeyboardInterrupt):
        train(loss=Stop(40, stop), **run)
    result = train(**run)
    events = EventAccumulator(str(tmp_path / "logs")).Reload()
    assert [e.step for e in events.Scalars("loss/step")] == list(range(1, 31))
    validation = [(e.step, pytest.approx(e.value)) for e in events.Scalars("loss/validation")]
    assert validation == [(line.step, line.validation_loss) for line in result.history]
    assert len(events.Scalars("learning_rate")) == len(events.Scalars("loss/train")) == 6


def test_missing_tensorboard_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ValueError, match=r"log_dir=.*needs TensorBoard.*log_dir=None"):
        train(log_dir=tmp_path)
