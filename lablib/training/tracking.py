"""What a run shows while it runs, on request: a progress bar and TensorBoard."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from lablib.training.state import EpochSummary

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


class Tracker:
    """Shows nothing unless `log_dir` or `progress` asks for it; a context manager.

    The bar goes to standard error and only to a terminal, so that a page's output and a log file
    stay clean. A resumed run continues the TensorBoard curves: what the killed run wrote
    after its last checkpoint is dropped from the view.
    """

    def __init__(
        self, *, log_dir: str | Path | None, progress: bool, start: int, total: int
    ) -> None:
        self._writer = _summary_writer(log_dir, start) if log_dir is not None else None
        self._bar = None
        if progress and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(
                total=total, initial=start, unit="step", file=sys.stderr, dynamic_ncols=True
            )

    def __enter__(self) -> Tracker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        if self._writer is not None:
            self._writer.close()

    def losses(self, values: Sequence[float], *, step: int) -> None:
        """Show the losses of the steps up to `step`."""
        if self._bar is not None and values:
            self._bar.set_postfix(loss=f"{values[-1]:.4g}", refresh=False)
            self._bar.update(step - self._bar.n)
        if self._writer is not None:
            for number, value in enumerate(values, start=step - len(values) + 1):
                self._writer.add_scalar("loss/step", value, number)

    def epoch(self, line: EpochSummary) -> None:
        """Show the end of an epoch."""
        if self._writer is None:
            return
        self._writer.add_scalar("loss/train", line.train_loss, line.step)
        if line.validation_loss is not None:
            self._writer.add_scalar("loss/validation", line.validation_loss, line.step)
        self._writer.add_scalar("learning_rate", line.learning_rate, line.step)


def _summary_writer(log_dir: str | Path, start: int) -> SummaryWriter:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ValueError(
            f"log_dir={str(log_dir)!r} needs TensorBoard, which is not installed; "
            "run `pip install tensorboard` or pass log_dir=None"
        ) from error
    return SummaryWriter(str(log_dir), purge_step=start + 1 if start else None)
