"""What `lablib data list | fetch | show` say. Each function returns its text and prints nothing."""

from __future__ import annotations

from lablib.data import cache
from lablib.data.catalogue import card, cards
from lablib.data.download import fetch
from lablib.data.render import card_text


def list_cards() -> str:
    """One line a card: name, rows, licence, whether its archive is in the cache."""
    lines = [("name", "rows", "licence", "archive", "title")]
    for c in cards():
        state = "fetched" if (cache.cache_folder() / c.archive).is_file() else "not fetched"
        lines.append((c.name, f"{c.rows:,}", c.licence, state, c.title))
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def fetch_card(name: str, *, progress: bool = False) -> str:
    """Fetch the archive of a card and say where it lies."""
    path = fetch(name, progress=progress)
    megabytes = path.stat().st_size / 1e6
    return f"{name}: {path} ({megabytes:.1f} MB, sha256 verified)"


def show_card(name: str) -> str:
    """The whole card as text."""
    return card_text(card(name))
