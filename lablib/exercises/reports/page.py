"""The frame of every HTML file we hand out: one file, no scripts, nothing fetched from anywhere.

A content policy forbids what we do not use, so even a text that slipped through unescaped could
neither run nor load anything. Colours follow the reader's light or dark setting.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from lablib.exercises import proxy

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
LONGEST = 600
STYLE = """
:root { color-scheme: light dark; --ink: #1a2027; --paper: #ffffff;
  --lab-blue: #0072b2; --lab-orange: #b87800; --lab-green: #00875f; --lab-red: #c95500;
  --lab-purple: #b85a92; --lab-sky: #2e8bc0; --lab-gray: #707070;
  --line: #d5dae0; --tint: #f4f7fa; --quiet: #4d5663; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ed; --paper: #12161b;
  --lab-blue: #4ba3e0; --lab-orange: #e69f00; --lab-green: #21b88a; --lab-red: #f07a2b;
  --lab-purple: #d98cb8; --lab-sky: #7cc8f2; --lab-gray: #a0a0a0;
  --line: #3c4654; --tint: #1b2129; --quiet: #b8c1cd; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.6;
  font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 1.2rem clamp(0.9rem, 4vw, 2rem) 4rem; }
h1 { font-size: clamp(1.5rem, 5vw, 2.1rem); line-height: 1.2; margin: 0.6rem 0 0.2rem; }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 2.6rem 0 0.6rem; }
h3 { font-size: 1.1rem; margin: 1.6rem 0 0.4rem; }
h1, h2, h3, p, li, td, th, dd { overflow-wrap: break-word; }
p, ul, dl { margin: 0.5rem 0; max-width: 48rem; }
a { color: var(--lab-blue); text-underline-offset: 0.15em; }
code { padding: 0.05em 0.3em; border-radius: 0.25em; background: var(--tint); font-size: 0.92em; }
.quiet, figcaption, caption { color: var(--quiet); font-size: 0.92rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1rem; }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; }
figure { margin: 1.2rem 0; max-width: 100%; }
figure svg { display: block; width: auto; max-width: 100%; height: auto; }
.scroll { margin: 1rem 0; max-width: 100%; overflow-x: auto;
  /* a shade at an edge says that there is more beyond it */
  background:
    linear-gradient(to right, var(--paper) 40%, transparent) 0 0 / 2.5rem 100% no-repeat local,
    linear-gradient(to left, var(--paper) 40%, transparent) 100% 0 / 2.5rem 100% no-repeat local,
    linear-gradient(to right, var(--line), transparent) 0 0 / 0.8rem 100% no-repeat scroll,
    linear-gradient(to left, var(--line), transparent) 100% 0 / 0.8rem 100% no-repeat scroll; }
.scroll:focus-visible, a:focus-visible, summary:focus-visible {
  outline: 3px solid var(--lab-blue); outline-offset: 2px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.95rem; }
caption { text-align: left; padding: 0.3rem 0; caption-side: top; }
th, td { padding: 0.35rem 0.8rem 0.35rem 0; border-bottom: 1px solid var(--line);
  text-align: left; vertical-align: top; }
thead th { vertical-align: bottom; border-bottom-width: 2px; }
tbody th { font-weight: 600; min-width: 9rem; max-width: 20rem; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; padding-left: 0.4rem; }
td.number { white-space: nowrap; }
td.words { min-width: 16rem; max-width: 30rem; }
section.exercise { margin: 1.4rem 0; padding: 0.3rem 1rem 0.6rem; border-radius: 0.4rem;
  border: 1px solid var(--line); border-left: 5px solid var(--lab-blue); background: var(--tint); }
section.exercise h2 { margin: 0.5rem 0; }
section.exercise code { background: var(--paper); }
summary { cursor: pointer; padding: 0.4rem 0; font-weight: 600; }
@media print { main { max-width: none; } .scroll { overflow: visible; } }
"""


def page(title: str, body: str) -> str:
    """A whole HTML document around `body`, which must be escaped already."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def plain(value: object) -> str:
    """Foreign text as one printable line, not escaped."""
    return proxy.clean(str(value), LONGEST)


def text(value: object) -> str:
    """Foreign text as one escaped, printable line.

    >>> text("<b>bold</b> & more")
    '&lt;b&gt;bold&lt;/b&gt; &amp; more'
    """
    return html.escape(plain(value), quote=True)


def sentence(value: str) -> str:
    """As `text`, and what stands between backticks is shown as code.

    >>> sentence("`level` is <0>")
    '<code>level</code> is &lt;0&gt;'
    """
    pieces = text(value).split("`")
    if len(pieces) % 2 == 0:  # an unpaired backtick: leave all as they are
        return "`".join(pieces)
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(pieces))


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str,
    kinds: Mapping[int, str] | None = None,
) -> str:
    """A table that scrolls by itself on a narrow screen; the first cell of a row heads it.

    Parameters
    ----------
    header : sequence of str
        Column names, plain text.
    rows : sequence of sequence of str
        Cells, escaped already.
    caption : str
        Plain text.
    kinds : mapping of int to str, optional
        Column number to `number` (right-aligned) or `words` (may wrap).
    """
    style = {place: f' class="{kind}"' for place, kind in (kinds or {}).items()}
    head = "".join(
        f'<th scope="col"{style.get(place, "")}>{text(name)}</th>'
        for place, name in enumerate(header)
    )
    lines = []
    for first, *others in rows:
        cells = "".join(
            f"<td{style.get(place, '')}>{value}</td>" for place, value in enumerate(others, start=1)
        )
        lines.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{text(caption)}">'
        f"<table><caption>{text(caption)}</caption><thead><tr>{head}</tr></thead>\n<tbody>"
        + "\n".join(lines)
        + "</tbody></table></div>"
    )
