"""The built site asks no other host for anything: no script, style, font, picture or frame.

A page that loads a library from elsewhere tells that host who reads it, breaks without a network,
and changes when the other side does. The gate reads the sources that could bring such a request
in: the configuration, static files, raw HTML of pages, and the HTML templates in Python. Plain
links that a reader may follow are welcome.
"""

from __future__ import annotations

import re
from pathlib import Path

from tools.gates.common import Violation, line_of, texts
from tools.gates.pages import PATTERNS

GATE = "third_party"
FIX = "ship the file in book/_static instead"
_URL = r"[\"'(]?\s*(?:https?:)?//[\w.-]+"
_HTML = re.compile(
    rf"<(?P<tag>script|img|iframe|source|video|audio|embed|track|input|frame|use)\b[^>]*?"
    rf"\b(?:src|srcset|poster|data|href)\s*=\s*\\?{_URL}"
    rf"|<(?P<link>link|object|base)\b[^>]*?\b(?:href|data)\s*=\s*\\?{_URL}"
    r"|<svg[^>]*>\s*<(?P<image>image)\b[^>]*?href\s*=\s*\\?[\"']https?://",
    re.I,
)
_CSS = re.compile(rf"@import\s+(?:url)?{_URL}|\burl\(\s*[\"']?(?:https?:)?//", re.I)
_SCRIPT = re.compile(
    r"(?:\bfetch|\bimport|importScripts|sendBeacon|new\s+(?:Worker|WebSocket|EventSource|URL)|"
    r"\.open\([^)]*,)\s*\(?\s*[\"'`](?:https?:|wss?:)?//|\bfrom\s+[\"']https?://"
    r"|\.(?:src|href)\s*=\s*[\"'`](?:https?:)?//",
    re.I,
)
_MARKDOWN = re.compile(
    r"!\[[^\]]*\]\(\s*<?https?://"
    r"|^[ \t]*[`:~]{3,}\{(?:image|figure|literalinclude|iframe|video|audio)\}\s*https?://",
    re.I | re.M,
)
_CONFIG = re.compile(
    r"https?://\S+?\.(?:m?js|css|woff2?|ttf|png|svg|jpe?g|ico)\b|\bcdn\.|unpkg", re.I
)
_SERVICE = re.compile(
    r"^\s*(?:-\s*)?(google_analytics_id|gtag|plausible\w*|matomo\w*|hypothesis|utterances|giscus|"
    r"thebe)\s*:\s*(?!false|null|no|\"\"|''|~|\s*$)\S|^\s*html_js_files\s*:.*https?://",
    re.I,
)
_LOADED = re.compile(r"js_files|css_files|mathjax\w*_path|require\w*_url|thebe_config")


def check(root: Path) -> list[Violation]:
    """Sources that would make the built site ask another host."""
    found = []
    for path, text in texts(root, "_config.yml", "book/_config.yml"):
        found += [Violation(GATE, path, line, message) for line, message in _config(text)]
    for path, text in texts(root, "book/_static/**", *PATTERNS, "lablib/**/*.py", "book/_ext/**"):
        found += [Violation(GATE, path, line, message) for line, message in _sources(path, text)]
    return found


def _config(text: str) -> list[tuple[int, str]]:
    found = []
    key = ""
    for number, line in enumerate(text.splitlines(), 1):
        written = line.partition(" #")[0]
        if written.lstrip().startswith("#"):
            continue
        name = re.match(r"\s*([\w-]+)\s*:", written)
        key = name[1] if name else key
        service = _SERVICE.match(written)
        if _CONFIG.search(written) or ("//" in written and _LOADED.search(key)):
            found.append((number, f"{key} loads from another host; {FIX}"))
        elif service:
            what = service[1] or key
            found.append((number, f"{what} makes every page ask another host; remove it"))
    settings = re.sub(r"(^|\s)#.*", "", text)
    if not re.search(r"sphinx[-_]mathjax[-_]offline|mathjax_path", settings):
        at = line_of(text, "extra_extensions")
        fix = "set mathjax_path to a shipped copy or add sphinx-mathjax-offline to extra_extensions"
        found.append((at, f"mathematics would be drawn by a script from another host; {fix}"))
    return found


def _sources(path: str, text: str) -> list[tuple[int, str]]:
    found = []
    for match in _HTML.finditer(text):
        tag = next(name for name in match.groups() if name)
        found.append((match.start(), f"<{tag}> loads from another host; {FIX}"))
    if path.endswith((".css", ".html", ".svg", ".md", ".py")):
        found += [(m.start(), f"style loads from another host; {FIX}") for m in _CSS.finditer(text)]
    if path.endswith((".js", ".mjs", ".html", ".md")) or "/_ext/" in path:
        found += [(m.start(), f"script asks another host; {FIX}") for m in _SCRIPT.finditer(text)]
    if path.endswith(".md"):
        what = f"picture comes from another host; {FIX}"
        found += [(m.start(), what) for m in _MARKDOWN.finditer(text)]
    return [(text.count("\n", 0, at) + 1, message) for at, message in found]
