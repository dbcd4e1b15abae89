"""Drawings of the site's own in the page itself, so that they follow its colours.

`{lab-picture} NAME` shows `_static/pictures/NAME.svg`. `:alt:` says what it shows; the body may
replace words of the drawing, one `English: other language` a line.
"""

from __future__ import annotations

import html
from pathlib import Path

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from course_site import markup

FOLDER = Path("book/_static/pictures")
MIN_ALT = 20


class LabPicture(SphinxDirective):
    """A named drawing with its text alternative."""

    required_arguments = 1
    has_content = True
    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012 (docutils reads it so)

    def run(self) -> list[nodes.Node]:
        name, alt = self.arguments[0].strip(), self.options.get("alt", "")
        path = markup.root_of(self) / FOLDER / f"{name}.svg"
        if len(alt) < MIN_ALT:
            raise self.error(f"{name}: `:alt:` must say in a sentence what the drawing shows")
        if not path.is_file():
            raise self.error(f"no drawing {FOLDER}/{name}.svg")
        self.env.note_dependency(str(path))
        words = yaml.safe_load("\n".join(self.content)) or {}
        svg = translated(path.read_text(encoding="utf-8"), words)
        named = f'<svg role="img" aria-label="{html.escape(alt, quote=True)}" '
        drawing = svg.replace("<svg ", named, 1)
        return [markup.html(f'<div class="lab-picture">{drawing}</div>')]


def translated(svg: str, words: dict[str, str]) -> str:
    """The drawing with whole pieces of its text replaced."""
    for old, new in words.items():
        if f">{old}</text>" not in svg:
            raise ValueError(f"the drawing holds no text {old!r}")
        svg = svg.replace(f">{old}</text>", f">{html.escape(str(new))}</text>")
    return svg


def ornament(root: Path, name: str) -> str:
    """A drawing that stands beside its own name in words: hidden from screen readers; "" if none.

    The name comes from a folder of the course, so a topic without a drawing is no error.
    """
    path = root / FOLDER / f"{name}.svg"
    if not path.is_file():
        return ""
    return path.read_text(encoding="utf-8").strip().replace("<svg ", '<svg aria-hidden="true" ', 1)
