"""Two processes under PyTorch's launcher train what one process does."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from lablib.training.distributed import Processes, launched
from tests.training.parallel_run import run

ROOT = Path(__file__).parents[2]


def launch(folder: Path, *, module: str = "tests.training.parallel_run") -> list[dict[str, Any]]:
    """Run a module in two processes and return what each saved."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", "2", "-m", module, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = child.communicate(timeout=180)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)  # the launcher and what it started
        raise
    assert child.returncode == 0, output
    return [torch.load(folder / f"rank-{rank}.pt", weights_only=True) for rank in (0, 1)]


@pytest.mark.processes
def test_two_processes_train_the_weights_of_one(tmp_path: Path) -> None:
    ranks = launch(tmp_path)
    single = run()
    for rank in ranks:
        torch.testing.assert_close(rank["plain"]["weights"], single["weights"], rtol=0, atol=1e-6)
        torch.testing.assert_close(rank["plain"]["losses"], single["losses"], rtol=0, atol=1e-6)
    # The ranks draw different dropout and still agree, also through an interruption.
    assert ranks[0]["resumed"]["resumed_from"]
    for kind in ("dropped", "resumed"):
        for name, weight in ranks[0][kind]["weights"].items():
            assert torch.equal(weight, ranks[1][kind]["weights"][name])
            assert torch.equal(weight, ranks[0]["dropped"]["weights"][name])
    assert ranks[0]["resumed"]["losses"] == ranks[0]["dropped"]["losses"]
    # One process writes.
    assert (tmp_path / "logs-0").exists()
    assert not (tmp_path / "logs-1").exists()


def test_without_the_launcher_there_is_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "4")  # left by a scheduler; no launcher started us
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    assert launched() == Processes()


def test_the_launcher_tells_who_we_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "none")
    for name, value in (("RANK", "5"), ("WORLD_SIZE", "8"), ("LOCAL_RANK", "1")):
        monkeypatch.setenv(name, value)
    processes = launched()
    assert processes == Processes(rank=5, size=8, local_rank=1)
    assert not processes.is_main


def test_one_process_exchanges_nothing() -> None:
    alone, model, value = Processes(), torch.nn.Linear(1, 1), torch.ones(2)
    alone.connect(torch.device("cpu"))
    assert alone.wrap(model) is model
    assert alone.sum(value) is value
    assert alone.gather("state") == ["state"]
    assert not torch.distributed.is_initialized()
