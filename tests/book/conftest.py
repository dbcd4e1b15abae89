"""A built toy book, a server and a browser, each made once for all tests that use them."""

from __future__ import annotations

import fcntl
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.book import showcase, toybook
from tools import serve

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# A browser that asks nobody anything, so that each request it makes is the page's.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of a built toy book that holds every element of a page.

    Test workers share it: the first one builds, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent
    root = base / "showcase"
    with (base / "showcase.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (base / "showcase.built").exists():
            shutil.rmtree(root, ignore_errors=True)
            root.mkdir()
            toybook.write(root, showcase.PAGES, showcase.OTHERS)
            done = toybook.build(root)
            assert done.returncode == 0, done.stdout + done.stderr
            (base / "showcase.built").touch()
    return root


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """`master` when tests run in one process (also without the plugin that gives workers names)."""
    given = getattr(request.config, "workerinput", {})
    return str(given.get("workerid", "master"))


def serving(folder: Path) -> Iterator[str]:
    """Serve `folder` while a fixture lives; yields the address."""
    running = serve.server(folder)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


@pytest.fixture(scope="module")
def browser():
    """The machine's own Chromium, without a window; skips and says so where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: the page was not tried in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()
