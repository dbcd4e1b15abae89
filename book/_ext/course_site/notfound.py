"""`404.html`: what a host shows for an address that does not exist.

It is shown at any depth, so it loads nothing but the site's icon, runs no script, and its links
begin at the root of the site: the folder of `html: baseurl:`, or the host's own root without one.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from course_site import address, lessons

STYLE = """
  :root { color-scheme: light dark; }
  body { margin: 0 auto; max-width: 44rem; padding: 3rem 1.2rem; color: #1f2933; background: #fff;
         font: 1.05rem/1.6 system-ui, sans-serif; }
  h1 { font-size: 1.8rem; line-height: 1.25; } h2 { margin: 1.6rem 0 0.2rem; font-size: 1.1rem; }
  ul { margin: 0; padding-left: 1.2rem; } a { color: #0b5a8a; text-underline-offset: 0.18em; }
  svg { width: 6rem; color: #4d5663; }
  @media (prefers-color-scheme: dark) {
    body { color: #ced6dd; background: #11151a; } a { color: #7cc8f2; } svg { color: #b8c1cd; }
  }
"""
# An interval that the value has left.
DRAWING = (
    '<svg viewBox="0 0 96 32" fill="none" stroke="currentColor" stroke-width="3" '
    'stroke-linecap="round" aria-hidden="true"><path d="M6 16h50M6 8v16M56 8v16"/>'
    '<circle cx="80" cy="16" r="6" fill="#d55e00" stroke="none"/></svg>'
)


def publish(app: Any, problem: Exception | None) -> None:
    """Write the page at the root of the site."""
    if not address.publishing(app, problem):
        return
    found = lessons.topics(Path(app.srcdir))
    text = page(address.prefix(app), app.config.html_title, app.config.root_doc, found)
    (Path(app.outdir) / "404.html").write_text(text, encoding="utf-8")


def page(root: str, title: str, front: str, found: tuple[lessons.Topic, ...]) -> str:
    """The HTML; `root` is the site's folder on its host, from and to a slash."""

    def link(name: str, text: str) -> str:
        return f'<a href="{html.escape(f"{root}{name}.html", quote=True)}">{html.escape(text)}</a>'

    parts = []
    for topic in found:
        entries = "".join(f"<li>{link(one.page, one.title)}</li>" for one in topic.lessons)
        parts.append(f"<h2>{html.escape(topic.caption)}</h2>\n<ul>{entries}</ul>")
    return f"""<!DOCTYPE html>
<html lang="en" data-root="{html.escape(root, quote=True)}">
<head>
<meta charset="utf-8">
<title>This page does not exist — {html.escape(title)}</title>
<meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="{root}_static/favicon.svg" type="image/svg+xml">
<style>{STYLE}</style>
</head>
<body>
<main>
{DRAWING}
<h1>This page does not exist</h1>
<p>The address may be old or mistyped. Everything starts at {link(front, title)}.
These are its lessons:</p>
{chr(10).join(parts)}
</main>
</body>
</html>
"""
