"""Small helpers to build page content: parse Markdown in place, wrap it in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList


def parse(directive: Any, markdown: str) -> list[nodes.Node]:
    """Nodes of a piece of the page's own Markdown, so roles and links in it work."""
    holder = nodes.Element()
    holder.document = directive.state.document
    content = StringList(
        markdown.splitlines(), source=directive.state.document.current_source or ""
    )
    directive.state.nested_parse(content, directive.content_offset, holder)
    return list(holder.children)


def html(text: str) -> nodes.raw:
    """Literal HTML; only for fixed tags, never for text of a page."""
    return nodes.raw("", text, format="html")


def box(css: str, children: Sequence[nodes.Node], **attributes: Any) -> nodes.container:
    """A `<div class=css>`."""
    holder = nodes.container("", *children, classes=[css], **attributes)
    holder["is_div"] = True
    return holder


def details(css: str, summary: str, children: Sequence[nodes.Node]) -> list[nodes.Node]:
    """A closed `<details>`; `summary` is plain text of ours."""
    opening = f'<details class="{css}"><summary>{summary}</summary><div class="lab-inside">'
    return [html(opening), *children, html("</div></details>")]


def label(css: str, text: str) -> nodes.paragraph:
    """A paragraph that names what follows it."""
    return nodes.paragraph("", text, classes=[css])


def root_of(directive: Any) -> Path:
    """The folder of the book."""
    return Path(directive.env.srcdir)
