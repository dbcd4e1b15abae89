"""Old addresses of renamed pages lead to the new ones: `book/_redirects.yml`, an `old: new` a line.

Each old address gets a page without a script that sends the browser on at once, names the new
address as the lasting one, and shows a link to whoever stays. The gate `redirects` checks the list.
"""

from __future__ import annotations

import html
import posixpath
from pathlib import Path
from typing import Any

import yaml

from course_site import address

LIST = Path("book/_redirects.yml")


def publish(app: Any, problem: Exception | None) -> None:
    """Write the page of every old address."""
    if not address.publishing(app, problem):
        return
    for old, new in read(Path(app.srcdir)).items():
        target = Path(app.outdir) / f"{old}.html"
        if target.exists():
            raise ValueError(f"{LIST}: {old} is a page; remove its line")
        target.parent.mkdir(parents=True, exist_ok=True)
        page, _, anchor = new.partition("#")
        lasting = address.full(app, f"{page}.html")
        target.write_text(moved(old, page, anchor, lasting), encoding="utf-8")


def read(root: Path) -> dict[str, str]:
    """Old page name to new one (which may carry an anchor); empty without a list."""
    path = root / LIST
    found = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    return {str(old): str(new) for old, new in (found or {}).items()}


def moved(old: str, page: str, anchor: str, lasting: str = "") -> str:
    """The page at an old address; `lasting` is the full new address where the site knows it."""
    relative = posixpath.relpath(f"{page}.html", posixpath.dirname(old) or ".")
    link = html.escape(f"{relative}#{anchor}" if anchor else relative, quote=True)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>This page has moved</title>
<meta http-equiv="refresh" content="0; url={link}">
<link rel="canonical" href="{html.escape(lasting or relative, quote=True)}">
<meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  :root {{ color-scheme: light dark; }}
  body {{ margin: 3rem auto; max-width: 36rem; padding: 0 1rem; }}
  body {{ font: 1.1rem/1.6 system-ui, sans-serif; }}
</style>
</head>
<body><main>
<h1>This page has moved</h1>
<p>It is now here: <a href="{link}">{html.escape(page)}</a>.</p>
</main></body>
</html>
"""
