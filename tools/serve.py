"""Serve the built book on this machine only: `python -m tools.serve [--port 8000]`."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools.digest import ROOT


class Quiet(SimpleHTTPRequestHandler):
    """Prints only what went wrong, and lets no browser keep an old page."""

    def log_request(self, code: object = "-", size: object = "-") -> None:
        if str(code).startswith(("4", "5")):
            super().log_request(code, size)  # type: ignore[arg-type]

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


def server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server of `folder` on 127.0.0.1; port 0 takes a free one."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=str(folder)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--folder", type=Path, default=ROOT / "_build" / "html")
    options = parser.parse_args()
    if not (options.folder / "index.html").is_file():
        print(f"{options.folder} holds no book yet: run `make book`", file=sys.stderr)
        return 1
    try:
        running = server(options.folder, options.port)
    except OSError as problem:
        print(
            f"port {options.port}: {problem.strerror}; choose another: make serve PORT=8001",
            file=sys.stderr,
        )
        return 1
    print(f"http://127.0.0.1:{running.server_port}/  (Ctrl+C ends it)", flush=True)
    try:
        running.serve_forever()
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
