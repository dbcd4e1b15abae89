"""Read a MyST page line by line: front matter, cells, directives, and the prose a reader sees.

Not a full Markdown parser on purpose: the gates need to know for each line whether it is prose,
code, mathematics or an option, with the line number of the file, which rendered trees lose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tools.gates.common import files, read

# The pages of the book, and those of its other languages.
PATTERNS = ("chapters/**/*.md", "book/**/*.md", "zh/chapters/**/*.md", "zh/book/**/*.md")
HIDDEN = {"remove-cell", "hide-cell", "hide-input", "remove-input"}
# Directives whose body is not prose; every other directive is read like the page around it.
VERBATIM = {"code-cell", "code", "code-block", "literalinclude", "math", "graphviz", "mermaid"}
VERBATIM |= {"raw", "eval-rst", "bibliography", "toctree", "csv-table", "glue", "glue:figure"}
VERBATIM |= {"lab-exercise", "lesson", "image", "include", "course-cards", "lab-picture"}
_FENCE = re.compile(r"^(?P<indent>\s*)(?P<fence>`{3,}|~{3,}|:{3,})\s*(?P<info>.*)$")
_DIRECTIVE = re.compile(r"^\{(?P<name>[\w:+.-]+)\}\s*(?P<argument>.*)$")
_OPTION = re.compile(r"^\s*:(?P<key>[\w-]+):\s*(?P<value>.*)$")
_INLINE = (
    re.compile(r"<!--.*?-->", re.S),
    re.compile(r"\{[\w:.+-]+\}`[^`]*`"),
    re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.S),
    re.compile(r"\$\$.*?\$\$|(?<![\\$])\$(?!\$)[^$]*?(?<!\\)\$", re.S),
    re.compile(r"\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.S),
    re.compile(r"(?<=\])\([^)\s]*\)"),
    re.compile(r"<?https?://[^\s>)]*>?"),
    re.compile(r"</?[a-zA-Z][^>]*>"),
)


@dataclass
class Block:
    """A fenced block: directive `name` ("" for plain code), its options and body from `line`."""

    name: str
    argument: str
    line: int
    options: dict[str, Any] = field(default_factory=dict)
    body: list[tuple[int, str]] = field(default_factory=list)
    closed: bool = False

    @property
    def source(self) -> str:
        """The body as text."""
        return "\n".join(text for _, text in self.body)

    @property
    def first(self) -> int:
        """Line of the first line of the body."""
        return self.body[0][0] if self.body else self.line

    @property
    def tags(self) -> set[str]:
        """Cell tags."""
        tags = self.options.get("tags") or []
        return {str(tag) for tag in ([tags] if isinstance(tags, str) else tags)}

    @property
    def visible(self) -> bool:
        """Whether the reader sees the code of this cell."""
        return not self.tags & HIDDEN


@dataclass
class Page:
    """One parsed page. `prose` holds (line, text) pairs as written."""

    path: str
    text: str
    front: dict[str, Any] = field(default_factory=dict)
    front_error: str = ""
    blocks: list[Block] = field(default_factory=list)
    prose: list[tuple[int, str]] = field(default_factory=list)

    @property
    def cells(self) -> list[Block]:
        """Executed cells in order."""
        return [block for block in self.blocks if block.name == "code-cell"]

    def paragraphs(self) -> Iterator[tuple[list[int], str]]:
        """Runs of prose lines (a list item or table row starts a new one) and their lines."""
        lines: list[int] = []
        parts: list[str] = []
        for number, text in [*self.prose, (-1, "")]:
            starts = re.match(r"\s*([-*+|#>]|\d+[.)])\s?", text) is not None
            if lines and (not text.strip() or starts or number != lines[-1] + 1):
                yield lines, "\n".join(parts)
                lines, parts = [], []
            if text.strip():
                lines, parts = [*lines, number], [*parts, text]


def pages(root: Path, *patterns: str) -> list[Page]:
    """Every page of the book, parsed."""
    return [parse(path, read(root, path)) for path in files(root, *(patterns or PATTERNS))]


def mask(text: str, *, letter: str = " ") -> str:
    """`text` with roles, code, mathematics, addresses and HTML blanked, line breaks kept.

    >>> mask("AUC {glue:text}`a.b:.3f`, not `0.5`.", letter="x")[:12]
    'AUC xxxxxxxx'
    """
    for pattern in _INLINE:
        text = pattern.sub(lambda m: re.sub(r"[^\n]", letter, m[0]), text)
    return text


def parse(path: str, text: str) -> Page:
    """Split a page into front matter, blocks and prose."""
    page = Page(path, text)
    lines = text.splitlines()
    start = _front_matter(page, lines)
    stack: list[tuple[str, Block]] = []
    in_math = in_comment = False
    for number, line in enumerate(lines[start:], start=start + 1):
        top = stack[-1] if stack else None
        verbatim = top is not None and (not top[1].name or top[1].name in VERBATIM)
        fence = None if in_math or in_comment else _FENCE.match(line)
        if top and fence and _closes(fence, top[0]):
            _options(top[1])
            top[1].closed = True
            stack.pop()
        elif top and verbatim:
            top[1].body.append((number, line))
        elif fence and (fence["fence"][0] != ":" or fence["info"]):
            block = _open(fence["info"], number)
            page.blocks.append(block)
            stack.append((fence["fence"], block))
        elif in_math or line.strip().startswith("$$"):
            in_math ^= line.count("$$") % 2 == 1
        elif in_comment or line.strip().startswith("<!--"):
            in_comment = "-->" not in line
        elif top and not top[1].body and _OPTION.match(line):
            _take_option(top[1], line)
        elif not line.startswith(("%", "+++")):
            if top and line.strip():
                top[1].body.append((number, line))
            page.prose.append((number, line))
    for _, block in stack:
        _options(block)
    return page


def _front_matter(page: Page, lines: list[str]) -> int:
    if not lines or lines[0].strip() != "---":
        return 0
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        page.front_error = "front matter is not closed"
        return 0
    try:
        loaded = yaml.safe_load("\n".join(lines[1:end]))
        page.front = loaded if isinstance(loaded, dict) else {}
    except yaml.YAMLError as error:
        page.front_error = f"front matter is not YAML ({str(error).splitlines()[0]})"
    return end + 1


def _open(info: str, number: int) -> Block:
    directive = _DIRECTIVE.match(info)
    if directive is None:
        return Block("", info, number)
    name = directive["name"]
    return Block(name, directive["argument"].strip(), number)


def _closes(fence: re.Match[str], opened: str) -> bool:
    mark = fence["fence"]
    return not fence["info"] and mark[0] == opened[0] and len(mark) >= len(opened)


def _take_option(block: Block, line: str) -> bool:
    option = _OPTION.match(line)
    if option is None:
        return False
    try:
        block.options[option["key"]] = yaml.safe_load(option["value"])
    except yaml.YAMLError:
        block.options[option["key"]] = option["value"]
    return True


def _options(block: Block) -> None:
    """Move leading ``:key: value`` lines, or a leading YAML block, from the body to options."""
    if not block.name:
        return
    if block.body and block.body[0][1].strip() == "---":
        end = next((i for i, (_, t) in enumerate(block.body[1:], 1) if t.strip() == "---"), None)
        if end is not None:
            loaded = yaml.safe_load("\n".join(text for _, text in block.body[1:end]))
            block.options.update(loaded if isinstance(loaded, dict) else {})
            block.body = block.body[end + 1 :]
    while block.body and _take_option(block, block.body[0][1]):
        block.body = block.body[1:]
    while block.body and not block.body[0][1].strip():
        block.body = block.body[1:]
