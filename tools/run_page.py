"""Run one notebook in a kernel of its own and measure it; a process that `tools.execute` starts.

`python run_page.py IN.ipynb OUT.ipynb REPORT.json SECONDS` - exits 0 whenever the report was
written; whether the page passed is in the report.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LONGEST_SOCKET_PATH = 90  # sockets have about 100 characters; the kernel appends "/kernel-5"


def isolate(scratch: Path) -> None:
    """Keep the user's settings, kernels, history and exercise progress out of the page."""
    jupyter = ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")
    for name in (*jupyter, "LABLIB_HOME"):
        folder = scratch / name.lower()
        folder.mkdir()
        os.environ[name] = str(folder)
    os.environ["JUPYTER_NO_CONFIG"] = "1"
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"


def run(source: Path, seconds: float, scratch: Path) -> tuple[Any, dict[str, Any]]:
    """Execute `source`; return the notebook with outputs and the report."""
    import nbformat
    from nbclient import NotebookClient
    from traitlets.config import Config

    notebook = nbformat.read(source, as_version=4)
    deadline = time.monotonic() + seconds
    running: dict[str, int] = {}
    workplace = scratch / "cwd"
    workplace.mkdir()

    config = Config()
    if len(str(scratch)) < LONGEST_SOCKET_PATH:
        config.KernelManager.transport = "ipc"
        config.KernelManager.ip = str(scratch / "kernel")
    client = NotebookClient(
        notebook,
        config=config,
        kernel_name="python3",
        resources={"metadata": {"path": str(workplace)}},
        timeout_func=lambda _: max(1, round(deadline - time.monotonic())),
        startup_timeout=120,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        shutdown_kernel="graceful",
        on_cell_start=lambda **event: running.update(cell=event["cell_index"]),
    )
    start = time.monotonic()
    error: dict[str, Any] | None = None
    try:
        client.execute()
    except Exception as problem:
        error = {
            "cell": running.get("cell"),
            "name": str(getattr(problem, "ename", type(problem).__name__)),
            "value": str(getattr(problem, "evalue", problem)),
            "traceback": str(getattr(problem, "traceback", "")),
        }
        if type(problem).__name__ == "CellTimeoutError":
            error.update(name="Timeout", value=f"the page did not finish within {seconds:.0f} s")
    wall = time.monotonic() - start
    # The kernel is the only child and has been waited for, so these are its totals.
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return notebook, {
        "error": error,
        "seconds": round(wall, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_mb": round(used.ru_maxrss / unit),
    }


def main(source: str, target: str, report: str, seconds: str) -> None:
    with tempfile.TemporaryDirectory(prefix="page-", ignore_cleanup_errors=True) as folder:
        isolate(Path(folder))
        notebook, outcome = run(Path(source), float(seconds), Path(folder))
    import nbformat

    nbformat.write(notebook, target)
    Path(report).write_text(json.dumps(outcome), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
