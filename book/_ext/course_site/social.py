"""What a shared link shows: title, the page's claim, and a picture, as Open Graph and Twitter tags.

The picture is drawn at build time. Its address and the page's must be full, so both tags are left
out while `html: baseurl:` is empty.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from course_site import address, lessons

CARD = "_static/card.png"
ROWS = (
    ("#0072b2", 0.61, 0.75, 0.69), ("#00875f", 0.55, 0.65, 0.60), ("#b85a92", 0.70, 0.84, 0.77),
    ("#c95500", 0.52, 0.73, 0.63), ("#b87800", 0.76, 0.88, 0.83),
)  # fmt: skip


def describe(app: Any, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    """Add the tags of a page to its head."""
    if doctree is None:
        return
    lesson = lessons.lesson(Path(app.srcdir), pagename)
    text = lesson.claim if lesson else str(app.config.html_context.get("description", ""))
    found = tags(
        title=html.unescape(str(context.get("title", ""))),
        site=app.config.html_title,
        text=text,
        language=str(app.config.language or "en"),
        url=address.full(app, f"{pagename}.html"),
        image=address.full(app, CARD) if address.is_english(app) else "",
    )
    context["metatags"] = context.get("metatags", "") + "\n" + found


def tags(*, title: str, site: str, text: str, language: str, url: str, image: str) -> str:
    """The tags as HTML; those without a value are left out."""
    known = {
        ("name", "description"): text,
        ("property", "og:type"): "article",
        ("property", "og:site_name"): site,
        ("property", "og:title"): title,
        ("property", "og:description"): text,
        ("property", "og:locale"): {"en": "en_GB"}.get(language, language),
        ("property", "og:url"): url,
        ("property", "og:image"): image,
        ("property", "og:image:alt"): "Five values, each with its interval." if image else "",
        ("name", "twitter:card"): "summary_large_image" if image else "summary",
    }
    return "\n".join(
        f'<meta {kind}="{name}" content="{html.escape(value, quote=True)}">'
        for (kind, name), value in known.items()
        if value
    )


def publish(app: Any, problem: Exception | None) -> None:
    """Draw the picture, if its address can be given."""
    if address.publishing(app, problem) and address.base(app):
        draw(Path(app.outdir) / CARD, app.config.html_title)


def draw(path: Path, title: str) -> None:
    """Write the picture, 1200 x 630 pixels: the title over five values with their intervals."""
    from matplotlib.figure import Figure

    fig = Figure(figsize=(12, 6.3), dpi=100, facecolor="#f4f7fa")
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.axis("off")
    ax.text(0.07, 0.82, title, fontsize=44, fontweight="bold", color="#1f2933", va="center")
    ax.axvspan(0.20, 0.30, 0.08, 0.68, color="#707070", alpha=0.16, linewidth=0)
    ax.plot([0.36, 0.36], [0.08, 0.68], color="#707070", linewidth=2)
    for number, (color, low, high, value) in enumerate(ROWS):
        y = 0.62 - 0.12 * number
        ax.plot([low, high], [y, y], color=color, linewidth=6, solid_capstyle="round")
        ax.plot([value], [y], "o", color=color, markersize=20)
        ax.plot([0.25 + 0.012 * (number % 3 - 1)], [y], "o", markersize=11, markeredgewidth=3,
                markerfacecolor="none", markeredgecolor="#707070")  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    fig.savefig(path, format="png", metadata={"Software": None})
