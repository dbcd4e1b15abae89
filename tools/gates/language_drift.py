"""A page in another language says the same as the English one, and runs the same code.

Parallel sources drift: an English cell is corrected, and for years the translation shows the old
number, misses the new exercise, or cites what the text no longer says. Whatever needs no
translation is compared here: cells with their tags, directives with what they name, headings by
level, and, section by section, glued numbers, citations, targets of links and formulas. Prose
cannot be compared, so each translation carries the hash of the English prose that it was made
from; when that changes, somebody must look (`python -m tools.language_drift --seen PATH`).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

from tools import editions, toc
from tools.gates.common import Violation, files, line_of, read
from tools.gates.pages import Block, Page, parse

GATE = "language_drift"
Found = Iterator[tuple[int, str]]
Item = tuple[int, str, str]
STAMP = re.compile(r"^(?:# )?translates: (?P<hash>\S+)$", re.M)
# Directives whose argument names something; the argument of every other one is a title to read.
NAMING = {"code-cell", "lab-exercise", "quiz", "image", "figure", "lab-picture", "include", "code"}
NAMING |= {"literalinclude", "code-block", "glue", "glue:figure", "bibliography", "math"}
# Directives whose body is read by a program, so the same in every language.
LITERAL = {"code-cell", "raw", "eval-rst", "bibliography", "code", "code-block", "math", "glue"}
READ_OPTIONS = {"alt", "caption", "title", "header", "summary"}
SAME_IN_FRONT = ("jupytext", "kernelspec")
SAME_IN_LESSON = ("needs", "minutes", "rows")
SAME_IN_EXERCISE = ("id", "page", "points", "minutes", "difficulty", "kind", "limits", "needs")
_HEADING = re.compile(r"^(#{1,6})\s")
_TARGET = re.compile(r"^\((?P<label>[\w:.-]+)\)=\s*$")
_ROLE = re.compile(r"\{(?P<role>[\w:.+-]+)\}`(?P<body>[^`]*)`")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.S)
_MATH = re.compile(r"\$\$(.*?)\$\$|(?<![\\$])\$(?!\$)([^$]*?)(?<!\\)\$", re.S)
_LINK = re.compile(r"\]\(\s*<?(?P<target>[^)\s>]+)")


def check(root: Path) -> list[Violation]:
    """Translations that no longer match what they translate."""
    found = []
    for edition in editions.present(root):
        contents = editions.pages(root, edition)
        prefix = f"{edition.code}/"
        for path in files(root, f"{prefix}**/*.md", f"{prefix}exercises/**/*.yml"):
            for line, message in _file(root, path, path.removeprefix(prefix), contents):
                found.append(Violation(GATE, path, line, message))
        order = [page for page in toc.pages(root) if page in contents]
        if order != [page for page in contents if page in order]:
            message = f"the pages are not in the order of {toc.TOC}; reorder them"
            found.append(Violation(GATE, f"{prefix}{toc.TOC}", 1, message))
    return found


def _file(root: Path, path: str, original: str, contents: tuple[str, ...]) -> Found:
    if not (root / original).is_file():
        yield 1, f"translates {original}, which does not exist; move or remove it"
        return
    english, text = read(root, original), read(root, path)
    if original.startswith("exercises/"):
        yield from _exercise(original, english, text)
    else:
        yield from differences(parse(original, english), parse(path, text))
        if original.removesuffix(".md") not in contents:
            yield 1, "not in the contents of its language, so it is never built; add it"
    yield from _stamp(path, original, english, text)


def fingerprint(path: str, text: str) -> str:
    """Hash of the prose of an English source: cells are compared, line breaks do not matter."""
    cells = {
        number
        for block in parse(path, text).blocks
        if block.name == "code-cell"
        for number, _ in block.body
    }
    kept = [line for number, line in enumerate(text.splitlines(), 1) if number not in cells]
    words = " ".join(" ".join(kept).split())
    return "sha256-" + hashlib.sha256(words.encode()).hexdigest()[:12]


def _stamp(path: str, original: str, english: str, text: str) -> Found:
    stamp = STAMP.search(text)
    fix = f"read both, then: python -m tools.language_drift --seen {path}"
    if stamp is None:
        yield 1, f"does not say which version of {original} it translates; {fix}"
    elif stamp["hash"] != fingerprint(original, english):
        line = line_of(text, stamp[0])
        yield line, f"the prose of {original} changed since this was translated; {fix}"


def differences(english: Page, page: Page) -> Found:
    """What must be the same in two languages and is not, with the line of the translation."""
    yield from _front(english, page)
    ours, theirs = outline(page), outline(english)
    for mine, other in zip_longest(ours, theirs):
        if mine is None or other is None or mine[1:] != other[1:]:
            yield _first_difference(english, page, mine, other)
            return  # what follows is only shifted
    for mine_in, other_in in zip(sections(page), sections(english), strict=True):
        yield from _contents(english.path, mine_in, other_in)


def _front(english: Page, page: Page) -> Found:
    if page.front_error:
        yield 1, page.front_error
        return
    pairs = [(key, english.front.get(key), page.front.get(key)) for key in SAME_IN_FRONT]
    lessons = (_lesson(english), _lesson(page))
    pairs += [(key, lessons[0].get(key), lessons[1].get(key)) for key in SAME_IN_LESSON]
    pairs += [("the number of objectives", *(len(it.get("objectives") or []) for it in lessons))]
    for key, wanted, got in pairs:
        if wanted != got:
            line = line_of(page.text, f"{key}:")
            yield line, f"front matter: {key} is {got!r}, in {english.path} {wanted!r}; copy it"


def _lesson(page: Page) -> dict[str, Any]:
    lesson = page.front.get("lesson")
    return lesson if isinstance(lesson, dict) else {}


def outline(page: Page) -> list[Item]:
    """Headings, directives and labels of a page in order: line, kind, and what must be the same."""
    found: list[Item] = []
    for number, text in page.prose:
        heading, target = _HEADING.match(text), _TARGET.match(text)
        if heading:
            found.append((number, "heading", f"level {len(heading[1])}"))
        elif target:
            found.append((number, "label", target["label"]))
    for block in page.blocks:
        kind = block.name or "code block"
        found.append((block.line, "cell" if kind == "code-cell" else kind, _same_in(block)))
    return sorted(found)


def _same_in(block: Block) -> str:
    """What a block says to programs."""
    if not block.name:
        return f"{block.argument}\n{_without_comments(block.source)}"
    named = block.argument if block.name in NAMING else ""
    options = {key: value for key, value in block.options.items() if key not in READ_OPTIONS}
    body = block.source if block.name in LITERAL else ""
    if block.name == "graphviz":
        body = "\n".join(re.findall(r'(?:URL|href)="[^"]*"|->|--', block.source))
    return f"{named}\n{sorted(map(str, options.items()))}\n{body}"


def _without_comments(code: str) -> str:
    lines = [re.sub(r"(^|\s+)#.*$", "", line) for line in code.splitlines()]
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _first_difference(
    english: Page, page: Page, mine: Item | None, other: Item | None
) -> tuple[int, str]:
    """The line and the sentence for the first place where two outlines part."""
    if mine is None:
        assert other is not None
        line = len(page.text.splitlines())
        return line, f"{_name(other)} of {english.path}:{other[0]} is missing at the end; add it"
    if other is None:
        return mine[0], f"{_name(mine)} has no counterpart in {english.path}; remove it"
    if mine[1] != other[1] or mine[1] != "cell":
        where = f"{english.path}:{other[0]}"
        return mine[0], f"{_name(mine)} stands where {where} has {_name(other)}; make them agree"
    blocks = [
        next(b for b in p.blocks if b.line == i[0]) for p, i in ((page, mine), (english, other))
    ]
    for (number, text), (at, wanted) in zip(blocks[0].body, blocks[1].body, strict=False):
        if text != wanted:
            where = f"{english.path}:{at}"
            return (
                number,
                f"the cell has {text.strip()!r}, {where} {wanted.strip()!r}; copy the cell",
            )
    what = "tags or length differ from the cell"
    return mine[0], f"{what} at {english.path}:{other[0]}; copy the cell"


def _name(item: Item) -> str:
    _, kind, same = item
    first = same.splitlines()[0] if same else ""
    return {"heading": f"a heading of {first}", "label": f"the label {first}"}.get(
        kind, f"a {{{kind}}} {first}".strip() if kind not in ("cell", "code block") else f"a {kind}"
    )


def sections(page: Page) -> list[tuple[int, str]]:
    """Line of the heading and text, without code, of each part between two headings."""
    code = {
        number
        for block in page.blocks
        if not block.name or block.name in LITERAL | {"graphviz", "course-cards", "lab-picture"}
        for number, _ in block.body
    }
    headings = {number for number, text in page.prose if _HEADING.match(text)}
    lines = page.text.splitlines()
    start = 1
    if lines and lines[0] == "---" and not page.front_error:
        start = lines.index("---", 1) + 2
    found: list[tuple[int, list[str]]] = [(start, [])]
    for number, text in enumerate(lines[start - 1 :], start):
        if number in headings:
            found.append((number, []))
        found[-1][1].append("" if number in code else text)
    return [(line, "\n".join(texts)) for line, texts in found]


def named(text: str) -> Counter[tuple[str, str]]:
    """Glued numbers, citations, targets and formulas of a part, and how often each occurs."""
    found: Counter[tuple[str, str]] = Counter()
    for role in _ROLE.finditer(text):
        inner = re.search(r"<([^<>]+)>\s*$", role["body"])
        body = inner[1] if inner else role["body"]
        found[f"{{{role['role']}}}", ",".join(part.strip() for part in body.split(","))] += 1
    plain = _CODE.sub("``", _ROLE.sub("", text))
    for link in _LINK.finditer(plain):
        found["the link to", link["target"]] += 1
    for formula in _MATH.finditer(plain):
        written = " ".join((formula[1] or formula[2] or "").split())
        found["the formula", re.sub(r"\\text\{[^}]*\}", r"\\text{}", written)] += 1
    return found


def _contents(english: str, mine: tuple[int, str], other: tuple[int, str]) -> Found:
    got, wanted = named(mine[1]), named(other[1])
    for (kind, what), count in ((wanted - got) + (got - wanted)).items():
        place = f"the part from {english}:{other[0]}"
        if wanted[kind, what] > got[kind, what]:
            yield mine[0], f"{kind} {what} of {place} is missing here ({count} times); add it"
        else:
            line = mine[0] + line_of(mine[1], what.split(",")[0].split()[0] if what else "") - 1
            yield line, f"{kind} {what} is not in {place} ({count} times more); remove it"


def _exercise(original: str, english: str, text: str) -> Found:
    """A translated exercise or quiz asks the same: facts, examples, hints, right answers."""
    try:
        mine, other = (_facts(original, source) for source in (text, english))
    except (yaml.YAMLError, ValueError) as error:
        yield 1, f"cannot be read ({str(error).splitlines()[0]}); repair it"
        return
    for key, wanted in other.items():
        if mine.get(key) != wanted:
            line = line_of(text, f"{key}:")
            yield line, f"{key} is {mine.get(key)!r}, in {original} {wanted!r}; make them agree"


def _facts(path: str, source: str) -> dict[str, Any]:
    if path.endswith(".yml"):
        quiz = yaml.safe_load(source) or {}
        answers = [
            [bool(option.get("correct")) for option in question.get("options", [])]
            for question in quiz.get("questions", [])
        ]
        return {"page": quiz.get("page"), "questions": answers}
    _, front, body = re.split(r"^---[ ]*$", source, maxsplit=2, flags=re.M)
    meta = yaml.safe_load(front) or {}
    page = parse(path, body)
    examples = [_without_comments(block.source) for block in page.blocks]
    headings = [text.strip() for _, text in page.prose if _HEADING.match(text)]
    return {key: meta.get(key) for key in SAME_IN_EXERCISE} | {
        "headings": headings,
        "examples": examples,
    }
