"""Execute the book's pages side by side, each in its own kernel, and only those that must run.

A page runs again if its code cells changed, if the library, a data card, the locked versions or a
committed result changed, if an exercise that it names changed, or if its last run failed. Results
go into the cache that the book build reads; times and memory into `.cache/pages.json`.

    python -m tools.execute [--root DIR] [--force] [--timeout SECONDS] [--jobs N]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import digest, toc
from tools.cell_cache import CellCache
from tools.notebook_source import Page, code_number, line_in_cell, read

LOG = Path(".cache/pages.json")
TIMEOUT = 600.0
GRACE = 150.0  # for starting and ending a kernel on a busy machine
WORKER = Path(__file__).with_name("run_page.py")


@dataclass(frozen=True)
class Result:
    """What one execution gave: `problems` is empty exactly when the page is good."""

    page: Page
    notebook: Any
    seconds: float
    cpu_seconds: float
    peak_mb: int
    problems: tuple[str, ...]


def measurements(root: Path) -> dict[str, dict[str, Any]]:
    """The stored runs, page name to key, outcome, seconds, CPU seconds and MB."""
    try:
        loaded: dict[str, dict[str, Any]] = json.loads((root / LOG).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return loaded


def write_measurements(root: Path, log: Mapping[str, Mapping[str, Any]]) -> None:
    path = root / LOG
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(log, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(path)


def key_of(root: Path, page: Page, cells: str, shared: str) -> str:
    """Everything that the outputs of `page` depend on, as one hash."""
    named = digest.exercises_named_in(root, page.text)
    return digest.text(cells, shared, digest.exercises(root, named))


def environment(root: Path) -> dict[str, str]:
    """What a kernel sees: the checkout first on its path, one thread, repeatable hashing."""
    bin_folder = str(Path(sys.executable).parent)
    path = os.pathsep.join([bin_folder, os.environ.get("PATH", os.defpath)])
    library = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    fixed = {"PATH": path, "PYTHONPATH": library, "PYTHONHASHSEED": "0"}
    return {**os.environ, **threads, **fixed}


def run(root: Path, page: Page, timeout: float) -> Result:
    """Execute one page in a fresh process; never raises for what the page does."""
    import nbformat

    with tempfile.TemporaryDirectory(prefix="book-") as folder:
        source, target, report = (
            Path(folder, name) for name in ("in.ipynb", "out.ipynb", "report.json")
        )
        nbformat.write(page.notebook, source)
        command = [sys.executable, "-P", str(WORKER), str(source), str(target), str(report)]
        process = subprocess.Popen(
            [*command, str(timeout)],
            env=environment(root),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            noise, _ = process.communicate(timeout=timeout + GRACE)
        except subprocess.TimeoutExpired:
            noise = f"no answer within {timeout + GRACE:.0f} s"
        finally:
            process.kill()  # its kernel watches for this and ends itself
            process.wait()
        if not report.is_file():
            last = noise.strip().splitlines()[-1:] or ["no output"]
            problem = f"{page.name}.md:1: the page's process ended without a result: {last[0]}"
            return Result(page, page.notebook, timeout, 0.0, 0, (problem,))
        outcome = json.loads(report.read_text(encoding="utf-8"))
        notebook = nbformat.read(target, as_version=4)
    problems = _problems(page, notebook, outcome["error"])
    cost = {name: outcome[name] for name in ("seconds", "cpu_seconds", "peak_mb")}
    return Result(page, notebook, problems=problems, **cost)


def _problems(page: Page, notebook: Any, error: Mapping[str, Any] | None) -> tuple[str, ...]:
    """One line a problem: file, line, cell, what happened, and the line of code."""
    found = []
    if error is not None:
        index = error["cell"] if error["cell"] is not None else 0
        inside = line_in_cell(error["traceback"])
        found.append(_describe(page, index, inside, f"{error['name']}: {error['value']}"))
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "stream" and output.name == "stderr":
                found.append(_describe(page, index, 1, f"printed on stderr: {output.text.strip()}"))
    return tuple(found)


def _describe(page: Page, index: int, inside: int, message: str) -> str:
    cell = page.notebook.cells[index]
    number = code_number(page.notebook, index)
    code = cell.source.splitlines()
    shown = code[inside - 1].strip() if 0 < inside <= len(code) else ""
    line = page.lines[index] + inside - 1
    short = message if len(message) <= 400 else message[:400] + " ..."
    return f"{page.name}.md:{line}: cell {number}: {short}\n    {shown}"


def execute(
    root: Path, *, force: bool = False, timeout: float = TIMEOUT, jobs: int | None = None
) -> list[str]:
    """Bring the cache up to date. Returns the problems found; an empty list means all is good."""
    pages = [page for name in toc.pages(root) if (page := read(root, name)) is not None]
    cache, log, shared = CellCache(root), measurements(root), digest.shared(root)
    cells = {page.name: cache.key(page.notebook) for page in pages}
    keys = {page.name: key_of(root, page, cells[page.name], shared) for page in pages}
    stored = cache.keys()

    def fresh(page: Page) -> bool:
        known = log.get(page.name, {})
        same = known.get("key") == keys[page.name] and cells[page.name] in stored
        return bool(same and known.get("ok") and not force)

    due = [page for page in pages if not fresh(page)]
    # The longest first, so that no long page starts when the others are done; unknown ones lead.
    due.sort(key=lambda page: -log.get(page.name, {}).get("seconds", float("inf")))
    workers = max(1, min(jobs or os.cpu_count() or 1, len(due) or 1))
    print(f"pages: {len(pages)} executable, {len(due)} to run, {workers} at a time", flush=True)
    if due:
        _warm_up(root)
    problems: list[str] = []
    with ThreadPoolExecutor(workers) as pool:
        for done in as_completed([pool.submit(run, root, page, timeout) for page in due]):
            result = done.result()
            name = result.page.name
            _announce(result)
            if not result.problems:
                cache.store(name, result.notebook, result.seconds)
            problems += result.problems
            log[name] = {
                "key": keys[name],
                "ok": not result.problems,
                "seconds": result.seconds,
                "cpu_seconds": result.cpu_seconds,
                "peak_mb": result.peak_mb,
            }
            write_measurements(root, log)
    log = {page.name: log[page.name] for page in pages}
    write_measurements(root, log)
    cache.keep_only(cells[name] for name, entry in log.items() if entry["ok"])
    return problems


def _announce(result: Result) -> None:
    word = "FAILED" if result.problems else "ran"
    cost = f"{result.seconds:.1f} s, {result.cpu_seconds:.1f} CPU s, {result.peak_mb} MB"
    print(f"  {word:6} {result.page.name}: {cost}", flush=True)


def _warm_up(root: Path) -> None:
    """Build matplotlib's font list once, before kernels do it at the same time and say so."""
    code = "import matplotlib.font_manager"
    subprocess.run(
        [sys.executable, "-c", code], env=environment(root), capture_output=True, check=False
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--root", type=Path, default=digest.ROOT, help="the book's folder")
    parser.add_argument("--force", action="store_true", help="run every page")
    parser.add_argument("--timeout", type=float, default=TIMEOUT, help="seconds a page may take")
    parser.add_argument("--jobs", type=int, help="pages at a time (default: number of cores)")
    options = parser.parse_args()
    problems = execute(
        options.root.resolve(), force=options.force, timeout=options.timeout, jobs=options.jobs
    )
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
