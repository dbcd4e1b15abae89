"""Build the book: run the pages that must run, build the site from nothing, check what came out.

    python -m tools.build_book [--root DIR] [--force] [--check-site]

Exit status 0 means: every page ran without an error and without a word on stderr, the site was
built without a warning, every page of the table of contents is in it, every internal link and
anchor resolves, and no page loads anything from another host. When no source changed since the
last such build, nothing is done.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import digest, editions, toc

STAMP = Path(".cache/site.stamp")
SITE = Path("_build/html")
BUILD = Path("_build")


@contextmanager
def one_build(root: Path) -> Iterator[None]:
    """Let a second build in the same folder wait instead of wiping the first one's output."""
    lock = root / ".cache" / "lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def unchanged(root: Path) -> bool:
    """Whether sources and site are those of the last green build."""
    try:
        stamp = (root / STAMP).read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return False
    return stamp == [digest.site(root), digest.output(root / SITE)]


def build(root: Path, *, force: bool = False) -> int:
    """The whole build; returns the exit status."""
    start = time.monotonic()
    if not force and unchanged(root):
        print(f"book: nothing changed since the last green build; open {SITE}/index.html")
        return 0
    (root / STAMP).unlink(missing_ok=True)
    sources = digest.site(root)
    absent = [f"{page}.md: named in book/_toc.yml, not written" for page in toc.missing(root)]
    absent += editions.problems(root)
    if absent:
        return _red("the table of contents", absent)

    from tools.execute import execute

    problems = execute(root, force=force)
    if problems:
        return _red("running the pages", problems)
    print(f"book: pages done after {time.monotonic() - start:.0f} s; building the site", flush=True)
    status = sphinx(root)
    if status:
        return _red("building the site", ["see the warnings above; a warning is a failure"])

    from tools import search_index
    from tools.site_checks import all_problems

    search_index.build(root / SITE)
    problems = [*executed_twice(root), *all_problems(root, root / SITE)]
    if problems:
        return _red("checking the site", problems)
    seconds = time.monotonic() - start
    if digest.site(root) == sources:  # a file saved meanwhile is not in this site
        stamp = f"{sources} {digest.output(root / SITE)}\n"
        (root / STAMP).write_text(stamp, encoding="utf-8")
    others = [f" and {len(editions.pages(root, e))} in {e.name}" for e in editions.present(root)]
    count = f"{len(toc.pages(root))} pages{''.join(others)}"
    print(f"book: {count}, no warnings, checked, in {seconds:.0f} s; open {SITE}/index.html")
    return 0


def _red(step: str, problems: list[str]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"book: FAILED while {step}: {len(problems)} problem(s)", file=sys.stderr)
    return 1


def sphinx(root: Path) -> int:
    """Wipe the output and build the book, then its other languages; always from nothing.

    An incremental build repeats no warning of a page it does not read again, so a second run
    would look green, and it keeps pages that no longer exist.
    """
    shutil.rmtree(root / BUILD, ignore_errors=True)
    status = _sphinx(root, root)
    for edition in editions.present(root):
        folder = root / BUILD / edition.code
        editions.stage(root, edition, folder)
        strangers = editions.unexecuted(root, edition, folder)
        for problem in strangers:
            print(problem, file=sys.stderr)
        # A page that never ran would be run by the site builder, out of sight of every check.
        done = 1 if strangers else _sphinx(root, folder)
        if (folder / SITE).is_dir():
            editions.publish(edition, folder, root / SITE)
        status = status or done
    return status


def _sphinx(root: Path, folder: Path) -> int:
    """Build the book whose sources lie in `folder`, with the library of the checkout `root`."""
    start = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", start, "build", str(folder)]
    options = ["--toc", str(folder / toc.TOC), "-W", "--keep-going", "--quiet"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    library = os.pathsep.join([str(root), str(digest.ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": library.rstrip(os.pathsep)}
    # Warnings come on stderr, as they happen; the builder's banner is of use to nobody.
    done = subprocess.run(
        [*command, *options], cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=False
    )
    return done.returncode


def executed_twice(root: Path) -> list[str]:
    """The site builder must only read the cache; a page that it ran itself escaped our checks."""
    from tools.cell_cache import CellCache
    from tools.notebook_source import read

    cache = CellCache(root)
    pages = [page for name in toc.pages(root) if (page := read(root, name)) is not None]
    extra = cache.keys() - {cache.key(page.notebook) for page in pages}
    return [f"cache record {key[:8]} belongs to no page: the site builder ran one" for key in extra]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--root", type=Path, default=digest.ROOT, help="the book's folder")
    parser.add_argument("--force", action="store_true", help="run every page and build again")
    parser.add_argument(
        "--check-site", action="store_true", help="only check the site that is there"
    )
    options = parser.parse_args()
    root = options.root.resolve()
    if options.check_site:
        from tools.site_checks import all_problems

        problems = all_problems(root, root / SITE)
        return _red("checking the site", problems) if problems else 0
    with one_build(root):
        return build(root, force=options.force)


if __name__ == "__main__":
    sys.exit(main())
