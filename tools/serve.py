"""Serve the built book on this machine only: `python -m tools.serve [--port 8000]`."""

from __future__ import annotations

import argparse
import gzip
import io
import re
import sys
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tools.digest import ROOT

TEXT = (".html", ".css", ".js", ".json", ".svg", ".txt", ".xml", ".ipynb", ".md")
# Addresses whose query names the content: another content has another address.
NAMED_BY_CONTENT = re.compile(r"\?v=[0-9a-f]+$")
YEAR = 365 * 24 * 60 * 60


@lru_cache(maxsize=256)
def compressed(path: Path, _changed: int) -> bytes:
    """The file's gzip form; kept until the file changes."""
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


class Quiet(SimpleHTTPRequestHandler):
    """Prints only what went wrong, sends text compressed, and lets no browser keep an old page."""

    def log_request(self, code: object = "-", size: object = "-") -> None:
        if str(code).startswith(("4", "5")):
            super().log_request(code, size)  # type: ignore[arg-type]

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The site's own page for an address that does not exist."""
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self) -> None:
        keeps = NAMED_BY_CONTENT.search(getattr(self, "path", ""))
        self.send_header("Cache-Control", f"max-age={YEAR}, immutable" if keeps else "no-cache")
        super().end_headers()

    def send_head(self) -> Any:
        path = Path(self.translate_path(self.path))
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        if not accepts or path.suffix not in TEXT or not path.is_file():
            return super().send_head()
        changed = path.stat().st_mtime_ns
        if "If-Modified-Since" in self.headers:
            return super().send_head()  # 304, or else the file as it is
        body = compressed(path, changed)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Last-Modified", self.date_time_string(int(changed / 1e9)))
        self.end_headers()
        return io.BytesIO(body)


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
