"""A card as HTML for a page and as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from textwrap import fill

from lablib.data.catalogue import Card


def card_html(card: Card) -> str:
    """The whole card as one HTML fragment; long lists fold into `<details>`.

    The fragment has no heading, so that the page around it can give it one to link to.
    """
    facts = {card.unit.capitalize(): f"{card.rows:,}"}
    if card.target and card.kind != "weights":
        facts["Target"] = f"<code>{escape(card.target)}</code>: {escape(card.target_meaning)}"
    if card.classes:
        facts["Classes"] = escape(", ".join(card.classes))
    facts |= {
        "Sensitive": f"{_sensitive(card)}{escape(card.sensitive_note)}",
        "Licence": f"{escape(card.licence)}. {escape(card.licence_note)}",
        "Source": escape(card.source),
        "Splits": escape(card.splits),
    }
    if card.identifiers_dropped:
        facts["Identifiers never read"] = _codes(card.identifiers_dropped)
    origin = {
        "package": f"{card.package} {card.version} (read, never installed or imported)",
        "archive": card.archive,
        "sha256 of the archive": card.archive_sha256,
        **{f"sha256 of {path}": digest for path, digest in card.files.items()},
    }
    parts = [
        f"<p>{escape(card.summary)}</p>",
        _definitions(facts),
        "<p><strong>Who could be harmed, and how</strong></p>",
        _bullets(card.harms),
        _details(_heading(card).capitalize(), _table(card, _head(card), _columns(card))),
        _details("What the loader changes", _bullets(card.changes)),
        _details("Known problems", _bullets(card.known_problems)),
        _details("Columns left out", _definitions(_escaped(card.columns_dropped))),
        _details("Archive and hashes", _definitions(_escaped(origin))),
    ]
    return f'<div class="data-card">{"".join(parts)}</div>'


def card_text(card: Card, *, width: int = 88) -> str:
    """The card as plain text, `width` characters a line."""

    def entries(items: Mapping[str, str]) -> list[str]:
        return [_wrapped(f"{term}: {text}", width) for term, text in items.items()]

    harms = [_wrapped(f"- {harm}", width) for harm in card.harms]
    head = {
        "package": f"{card.package} {card.version}, {card.archive}",
        "sha256": card.archive_sha256,
        "licence": f"{card.licence}. {card.licence_note}",
        "source": card.source,
        card.unit: f"{card.rows:,}",
        "target": "" if card.kind == "weights" else f"{card.target}: {card.target_meaning}",
        "classes": ", ".join(card.classes),
        "sensitive": f"{', '.join(card.sensitive) or 'no column'}. {card.sensitive_note}",
        "identifiers never read": ", ".join(card.identifiers_dropped) or _none(card),
        "splits": card.splits,
    }
    head = {term: text for term, text in head.items() if text}
    columns = ["", _heading(card), *entries(card.columns)] if card.columns else []
    lines = [f"{card.name}: {card.title}", fill(card.summary, width), "", *entries(head)]
    return "\n".join([*lines, *columns, "", "harms", *harms])


def _wrapped(text: str, width: int) -> str:
    return fill(text, width, initial_indent="  ", subsequent_indent="      ")


def _heading(card: Card) -> str:
    return "files of the folder" if card.kind == "weights" else "columns"


def _head(card: Card) -> tuple[str, ...]:
    return ("file", "meaning") if card.kind == "weights" else ("column", "role", "meaning")


def _columns(card: Card) -> list[tuple[str, ...]]:
    if card.kind == "weights":
        return list(card.columns.items())
    roles = {card.text: "text", card.target: "target"}
    roles |= dict.fromkeys(card.sensitive, "sensitive") | dict.fromkeys(card.scores, "score")
    other = "feature" if card.kind == "tabular" else "other"
    return [(name, roles.get(name, other), text) for name, text in card.columns.items()]


def _none(card: Card) -> str:
    """A table without identifiers says so; texts can name people in their midst."""
    return "none in the file" if card.kind == "tabular" else ""


def _sensitive(card: Card) -> str:
    return f"{_codes(card.sensitive)}. " if card.sensitive else ""


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"<code>{escape(name)}</code>" for name in names)


def _bullets(items: Iterable[str]) -> str:
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<ul>{listed}</ul>" if listed else ""


def _escaped(entries: Mapping[str, str]) -> dict[str, str]:
    return {escape(term): escape(text) for term, text in entries.items()}


def _definitions(entries: Mapping[str, str]) -> str:
    """Terms and their texts, both already HTML; long hashes may break anywhere."""
    listed = "".join(
        f'<dt>{term}</dt><dd style="overflow-wrap: anywhere">{text}</dd>'
        for term, text in entries.items()
    )
    return f"<dl>{listed}</dl>" if listed else ""


def _table(card: Card, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    rows = list(rows)
    if not rows:
        return ""
    body = "".join(
        f'<tr><th scope="row"><code>{escape(first)}</code></th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    columns = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    label = escape(f"columns of {card.name}")
    table = f"<table><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>"
    # A wide table scrolls by itself on a phone; the region can be reached by keyboard.
    opening = f'<div role="region" aria-label="{label}" tabindex="0"'
    return f'{opening} style="overflow-x: auto; text-align: left">{table}</div>'


def _details(summary: str, content: str) -> str:
    if not content:
        return ""
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"
