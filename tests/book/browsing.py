"""What a browser sees of a page: requests, console, width, accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Seen:
    """What happened while pages were open."""

    elsewhere: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        return [*self.elsewhere, *self.failed, *self.console]


@contextmanager
def window(
    browser: Any, base: str, *, width: int = 1280, scheme: str = "light"
) -> Iterator[tuple[Any, Seen]]:
    """A page of the given width that is cut off from every host but `base`, and what it saw."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    seen = Seen()

    def guard(route: Any) -> None:
        url = route.request.url
        if url.startswith((base, "data:", "blob:")):
            route.continue_()
        else:
            seen.elsewhere.append(f"request to {url}")
            route.abort()

    page = context.new_page()
    context.route("**/*", guard)
    page.on("response", lambda r: r.status >= 400 and seen.failed.append(f"{r.status} {r.url}"))
    page.on(
        "console",
        lambda m: m.type in ("error", "warning") and seen.console.append(f"{m.type}: {m.text}"),
    )
    page.on("pageerror", lambda error: seen.console.append(f"exception: {error}"))
    try:
        yield page, seen
    finally:
        context.close()


def visit(page: Any, url: str) -> None:
    """Open `url` and wait until it is quiet and its formulas are set."""
    page.goto(url, wait_until="networkidle")
    page.evaluate("() => window.MathJax?.startup?.promise")


def open_everything(page: Any) -> None:
    """Unfold all that a reader can unfold, so that it is checked too."""
    page.evaluate("() => document.querySelectorAll('article details').forEach(d => d.open = true)")


def overflow(page: Any) -> list[str]:
    """Elements that push the page wider than the window; empty if it does not scroll sideways."""
    return page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const contained = e => {
            for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
              if (getComputedStyle(p).overflowX !== 'visible') return true;
            return false;
          };
          return [...document.querySelectorAll('article *')]
            .filter(e => e.getBoundingClientRect().right > width + 1 && !contained(e))
            .slice(0, 5).map(e => e.outerHTML.slice(0, 120))
            .concat(['page is ' + document.documentElement.scrollWidth + ' px wide']);
        }"""
    )


@cache
def axe_script() -> str:
    import axe_playwright_python

    folder = Path(axe_playwright_python.__file__).parent
    return (folder / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Any, impacts: tuple[str, ...] = ("serious", "critical")) -> list[str]:
    """What axe-core finds on the open page, one sentence a rule, with the first elements."""
    page.evaluate(axe_script())
    found = page.evaluate(
        # Without preloading: it would fetch the theme's imported styles from a wrong place.
        "standards => axe.run(document, {runOnly: standards, preload: false})",
        STANDARDS,
    )["violations"]
    return [
        f"{rule['impact']} {rule['id']}: "
        + " | ".join(f"{node['html'][:160]} {node['target']}" for node in rule["nodes"][:3])
        for rule in found
        if rule["impact"] in impacts
    ]
