"""What a learner verb returns: plain text in a terminal, quiet HTML in a notebook.

No scripts, no colour as the only carrier of meaning, headings and lists that a screen reader
announces. Everything that came from outside is escaped.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

STYLE = "border-left: 4px solid currentColor; padding: 0 0 0 0.9em; margin: 0.5em 0"


@dataclass(frozen=True)
class View:
    """A small report.

    Parameters
    ----------
    state : str
        One or two words that lead the text: `not yet`, `hint`, `solution`.
    title : str
        What it is about.
    sentence : str
        The one thing to read.
    items : tuple of str
        Further lines, shown as a list.
    code : str
        Python text, shown as it is.
    notes : tuple of str
        Small print.

    >>> print(View("not yet", "Fidelity", "The share is a number.", notes=("Hidden checks run.",)))
    Not yet: Fidelity
      The share is a number.
    Hidden checks run.
    """

    state: str
    title: str
    sentence: str = ""
    items: tuple[str, ...] = ()
    code: str = ""
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{_capital(self.state)}: {self.title}"]
        lines += [f"  {line}" for line in self.sentence.splitlines()]
        lines += [f"  - {item}" for item in self.items]
        if self.code:
            lines += ["", self.code.rstrip(), ""]
        return "\n".join([*lines, *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        text = html.escape
        parts = [f"<p><strong>{text(_capital(self.state))}:</strong> {text(self.title)}</p>"]
        parts += [f"<p>{_ticks(block)}</p>" for block in self.sentence.split("\n\n") if block]
        if self.items:
            parts.append("<ul>" + "".join(f"<li>{_ticks(i)}</li>" for i in self.items) + "</ul>")
        if self.code:
            parts.append(f'<pre tabindex="0"><code>{text(self.code)}</code></pre>')
        parts += [f"<p><small>{_ticks(note)}</small></p>" for note in self.notes]
        label = text(f"{_capital(self.state)}: {self.title}", quote=True)
        return (
            f'<section class="lab-check" data-state="{text(self.state, quote=True)}" '
            f'aria-label="{label}" style="{STYLE}">{"".join(parts)}</section>'
        )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _ticks(words: str) -> str:
    """Escape, and show `code` between backticks as code."""
    pieces = html.escape(words).split("`")
    if len(pieces) % 2 == 0:  # an unpaired backtick: leave all as they are
        return "`".join(pieces)
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(pieces))
