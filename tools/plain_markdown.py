"""Turn the book's Markdown (MyST) into Markdown that any notebook program shows as meant.

Directives become headings, quotes and lists; roles become their text; links into the book become
their label. What `lesson`, `lab-exercise`, `glue` and `cite` stand for, the caller knows: it passes
functions for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

FENCE = re.compile(r"^(?P<indent>\s*)(?P<marks>`{3,}|~{3,}|:{3,})\s*(?P<info>.*?)\s*$")
DIRECTIVE = re.compile(r"^\{(?P<name>[\w:.-]+)\}\s*(?P<argument>.*)$")
OPTION = re.compile(r"^:(?P<name>[\w-]+):\s*(?P<value>.*)$")
TARGET = re.compile(r"^\([\w:.-]+\)=\s*$")
ATTRIBUTES = re.compile(r"^\{[.#][^}]*\}\s*$")
# Read from left to right: code spans stay as they are, so the first alternatives protect them.
INLINE = re.compile(
    r"(?P<code>``.+?``)"
    r"|\{(?P<role>[\w:.-]+)\}`(?P<body>[^`]+)`"
    r"|(?P<span>`[^`]*`)"
    r"|(?P<image>!\[(?P<alt>[^\]]*)\]\([^)]*\))"
    r"|\[(?P<label>[^\]]+)\]\((?P<address>[^)\s]*)\)"
)
DROPPED = {
    "bibliography", "tableofcontents", "toctree", "eval-rst", "index", "course-map", "raw",
    "course-cards", "lab-picture",
    "solution", "solution-start", "solution-end", "contents", "only",
}  # fmt: skip
UNWRAPPED = {
    "grid", "grid-item", "grid-item-card", "card", "tab-set", "tab-item", "div", "container",
    "list-table", "table", "glossary", "margin", "sidebar", "exercise-start", "exercise-end",
}  # fmt: skip
CODE = {"code", "code-block", "sourcecode", "literalinclude"}


@dataclass(frozen=True)
class Expand:
    """What the page's own names stand for. Each function gets the text after the name."""

    directives: dict[str, Callable[[str], str]]
    roles: dict[str, Callable[[str], str]]


def plain(text: str, expand: Expand) -> str:
    """The converted text; empty when nothing of it is for a notebook."""
    lines = "\n".join(_blocks(text.splitlines(), expand))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _blocks(lines: list[str], expand: Expand) -> list[str]:
    out: list[str] = []
    prose: list[str] = []
    place = 0

    def flush() -> None:
        out.extend(_inline("\n".join(prose), expand).split("\n") if prose else [])
        prose.clear()

    while place < len(lines):
        line = lines[place]
        fence = FENCE.match(line)
        if fence and (fence["info"] or fence["marks"][0] != ":"):
            end = _closing(lines, place, fence["marks"])
            flush()
            out += _fenced(fence["info"], lines[place + 1 : end], expand, line)
            place = end + 1
            continue
        if not (TARGET.match(line) or ATTRIBUTES.match(line) or line.startswith("% ")):
            prose.append(line)
        place += 1
    flush()
    return out


def _closing(lines: list[str], start: int, marks: str) -> int:
    """Line of the fence that closes the one at `start`; the end of the text if none does."""
    for place in range(start + 1, len(lines)):
        line = lines[place].strip()
        if line and set(line) == {marks[0]} and len(line) >= len(marks):
            return place
    return len(lines)


def _fenced(info: str, body: list[str], expand: Expand, opening: str) -> list[str]:
    directive = DIRECTIVE.match(info)
    if directive is None:  # an ordinary code block
        mark = FENCE.match(opening)
        return [opening, *body, (mark["indent"] + mark["marks"]) if mark else "```"]
    name, argument = directive["name"], directive["argument"]
    options, content = _options(body)
    inner = "\n".join(content)
    if name in expand.directives:
        return ["", *expand.directives[name](argument).split("\n"), ""]
    if name in DROPPED:
        return []
    if name in CODE:
        return [f"```{argument}", *content, "```"]
    if name == "math":
        return ["", "$$", *content, "$$", ""]
    if name in ("figure", "image", "graphviz"):
        seen = options.get("alt") or (inner if name == "figure" else "")
        return ["", f"*Figure in the book: {_inline(seen, expand)}*", ""] if seen else []
    if name in UNWRAPPED:
        head = ["", f"**{_inline(argument, expand)}**", ""] if _is_title(name, argument) else []
        return [*head, *_blocks(content, expand)]
    kind = name.rsplit(":", 1)[-1]
    title = _inline(argument, expand) or kind.replace("-", " ").capitalize()
    quoted = ["", f"**{title}**", "", *_blocks(content, expand)]
    return [f"> {line}".rstrip() for line in quoted[1:]] + [""]


def _is_title(name: str, argument: str) -> bool:
    return name in ("grid-item-card", "card", "tab-item") and bool(argument)


def _options(body: list[str]) -> tuple[dict[str, str], list[str]]:
    """Options at the head of a directive (`:name: value` lines or a YAML block), and the rest."""
    options: dict[str, str] = {}
    lines = list(body)
    if lines and lines[0].strip() == "---":
        end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
        for line in lines[1:end]:
            key, _, value = line.partition(":")
            options[key.strip()] = value.strip()
        return options, lines[end + 1 :]
    while lines and (found := OPTION.match(lines[0].strip())):
        options[found["name"]] = found["value"]
        lines.pop(0)
    return options, lines


def _inline(text: str, expand: Expand) -> str:
    return INLINE.sub(lambda match: _replacement(match, expand), text)


def _replacement(match: re.Match[str], expand: Expand) -> str:
    whole = match[0]
    if match["role"]:
        return _role(match["role"], match["body"], expand)
    if match["image"]:
        return f"*Figure in the book: {match['alt']}*"
    if match["label"] is not None:
        outside = re.match(r"(https?:|mailto:)", match["address"])
        return whole if outside else _inline(match["label"], expand)
    return whole


def _role(name: str, body: str, expand: Expand) -> str:
    if name in expand.roles:
        return expand.roles[name](body)
    shown, _, target = body.partition("<")
    shown = shown.strip() if target else body.strip().removeprefix("~").removeprefix("!")
    if name == "math":
        return f"${body}$"
    if name.split(":")[0] == "py" or name in ("func", "class", "mod", "meth", "attr", "kbd"):
        return f"`{shown}`"
    if name in ("ref", "numref", "prf:ref", "doc", "download") and not target:
        return shown.rsplit("/", 1)[-1].replace("-", " ").replace("_", " ")
    if name == "numref":
        return shown.replace(" %s", "").replace("{number}", "").replace("{name}", "").strip()
    return f"the equation {shown}" if name == "eq" else shown
