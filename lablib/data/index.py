"""Which package index the user has configured: the same answer that pip would give.

Read, in pip's order: the environment (`PIP_INDEX_URL`, `PIP_EXTRA_INDEX_URL`), the environment's,
the user's and the system's pip configuration; without any of them the public default.
"""

from __future__ import annotations

import configparser
import io
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit


def index_urls() -> list[str]:
    """Index addresses in the order they are asked: the main one, then the extra ones."""
    main = _setting("index-url").split()
    if not main:
        from pypi_simple import PYPI_SIMPLE_ENDPOINT

        main = [PYPI_SIMPLE_ENDPOINT]
    extra = _setting("extra-index-url").split()
    return list(dict.fromkeys(url.rstrip("/") + "/" for url in [*main, *extra]))


def redacted(url: str) -> str:
    """The address without user name and password, fit for a message."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def session() -> Any:
    """A `requests` session that also reads `file://` indexes and trusts pip's certificate."""
    import requests

    found = requests.Session()
    found.mount("file://", _file_adapter())
    if certificate := _setting("cert"):
        found.verify = certificate
    return found


def _setting(option: str) -> str:
    variable = "PIP_" + option.upper().replace("-", "_")
    if value := os.environ.get(variable, "").strip():
        return value
    value = ""
    for path in _config_files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue  # pip reports a broken file itself; it must not stop a download here
        for section in ("global", "download"):
            value = parser.get(section, option, fallback=value)
    return value.strip()


def _config_files() -> list[Path]:
    """List pip's configuration files, the one that wins last."""
    import platformdirs

    chosen = os.environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return []
    basename = "pip.ini" if sys.platform == "win32" else "pip.conf"
    home = Path.home()
    system = platformdirs.site_config_dir("pip", appauthor=False, multipath=True)
    folders = [Path(part) for part in reversed(system.split(os.pathsep))]
    if sys.platform != "win32":
        folders.append(Path("/etc"))
    if not (chosen and Path(chosen).exists()):
        folders += [
            home / ("pip" if sys.platform == "win32" else ".pip"),
            home / ".config" / "pip",
            Path(platformdirs.user_config_dir("pip", appauthor=False, roaming=True)),
        ]
    folders.append(Path(sys.prefix))
    files = [Path(chosen)] if chosen else []
    return files + [where / basename for where in folders]


def _file_adapter() -> Any:
    """An adapter that answers `file://` requests from the disk, as pip does."""
    import requests
    from requests.adapters import BaseAdapter

    class FileAdapter(BaseAdapter):
        def send(self, request: Any, *_args: Any, **_options: Any) -> Any:
            path = Path(unquote(urlsplit(request.url).path))
            path = path / "index.html" if path.is_dir() else path
            answer = requests.Response()
            answer.url, answer.request = request.url, request
            answer.status_code = 200 if path.is_file() else 404
            if path.is_file():
                answer.raw = io.BytesIO(path.read_bytes())
                answer.headers["Content-Length"] = str(path.stat().st_size)
                if path.suffix == ".html":
                    answer.headers["Content-Type"] = "text/html"
            return answer

        def close(self) -> None:
            """Nothing is kept open between requests."""

    return FileAdapter()
