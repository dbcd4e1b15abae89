"""Words that promise more than a run can show, and traces of one machine, stay out of the project.

A function named after a virtue, or a sentence that says a method solves a social problem, claims
what no experiment here measures; and a path or an index address of one computer breaks, or tells,
on every other. Quotations from titles belong in the bibliography. A line that must name a system
folder (a sandbox hides it, an attack tries to read it) says so with a ``gate-ok`` note and reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.gates.common import Violation, files, python, texts
from tools.gates.pages import mask, pages

GATE = "word_list"
# Brackets keep each pattern from matching its own line.
PHRASES = {
    r"\bde-?bia[s](?:ed|es|ing)?\b": "say which measure was reduced, on which data ('mitigate')",
    r"\bmake[_ -](?:it[_ -])?fai[r]\b": "name the computation",
    r"\bunbiase[d] (?:model|classifier|algorithm|ai|system)s?\b": "name the measured gap",
    r"\bbias[- ]fre[e]\b": "name the measured gap and its interval",
    r"\b(?:solve|eliminate|remove)[sd]? (?:all |the |any |this )?bia[s]\b": "give the measured gap",
    r"\bstate[- ]of[- ]the[- ]ar[t]\b": "name the method and the number it is compared with",
    r"\b(?:cutting[- ]edg[e]|groundbreakin[g]|revolutionar[y]|game[- ]change[r])\b": "cut it",
    r"\b(?:complete|perfect|ful|total)ly (?:fai[r]|saf[e]|secur[e]|privat[e]|anonymou[s])\b": (
        "name the property and its number"
    ),
    r"\bguarantee[sd]? (?:fairnes[s]|safet[y]|security)\b": "name the property and its conditions",
    r"\b(?:unhackabl[e]|bulletproo[f]|world-clas[s]|blazingl[y])\b": "cut it",
    r"(?:消[除]|去[除])(?:了|一切|所有|全部|模型的?|算法的?)*偏[见差]|去[偏]": (
        "say which measure was reduced ('mitigate')"
    ),
    r"(?:完[全]|绝[对]|彻[底])(?:的|地)?(?:公[平]|安[全]|匿[名])": (
        "name the property and its number"
    ),
    r"最先[进]|世界领[先]|革命性[的]": "name the method and the number it is compared with",
    r"\bethical ai solutio[n]s?\b": "name the property that was measured",
}
NAMES = re.compile(
    r"debia[s]|make_(?:fai[r]|privat[e]|secur[e]|saf[e]|robus[t]|ethica[l]|trustworth[y])"
    r"|unbiased_(?:mode[l]|classifie[r])|solve_bia[s]|remove_bia[s]",
    re.I,
)
PUBLIC = r"https://pypi\.org|\S*\.example(?![\w.])"
MACHINE = {
    r"(?<![\w.~/-])/(?:wor[k]|tm[p]|roo[t]|hom[e]|User[s])/[\w.]": "a path of one machine",
    r"\b[A-Z]:\\User[s]\\": "a path of one machine",
    r"\.\./share[d]/": "a path outside the project",
    rf"(?:index[-_]url|find[-_]links)\W{{1,4}}(?!{PUBLIC})(?:https?:|file:|/)\S+": (
        "the package index of one machine"
    ),
    r"file:///?\w\S*/simpl[e]\b|//(?:10|192\.168)\.\d+\.\d+\S*/simpl[e]\b": (
        "the package index of one machine"
    ),
    r"\b[\w.-]+\.(?:internal|corp|local)\b(?:[:/])": "a host of one network",
}
AUTHORSHIP = re.compile(
    r"co-authored-b[y]:|generated (?:by|with) (?:\S+ )?(?:an? )?(?:a[i]\b|ll[m]|claud[e]|chatgp[t]|"
    r"copilo[t]|gemin[i]|language mode[l])|\bas an ai (?:language )?mode[l]\b|"
    r"(?:written|authored) by (?:an? )?(?:a[i]\b|ll[m]|claud[e]|chatgp[t]|copilo[t])|\U0001f916",
    re.I,
)
SKIPPED = (".bib", ".svg", ".ipynb")


def check(root: Path) -> list[Violation]:
    """Banned words in prose and names, machine paths and authorship marks anywhere."""
    found = [Violation(GATE, *rest) for rest in [*_prose(root), *_docstrings(root), *_names(root)]]
    for path, text in texts(root):
        if path.endswith(SKIPPED):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            found += [Violation(GATE, path, number, m) for m in _traces(line)]
    return found


def _traces(line: str) -> Iterator[str]:
    for pattern, what in MACHINE.items():
        for match in re.finditer(pattern, line):
            yield f"{match[0]!r} is {what}; use a relative path or the user's own setting"
    for match in AUTHORSHIP.finditer(line):
        yield f"{match[0]!r} says who or what wrote the text; remove it"


def phrases(text: str) -> Iterator[tuple[int, str]]:
    """Line (from 0) and complaint of each banned phrase, also across line breaks."""
    flat = text.replace("\n", " ")
    for pattern, fix in PHRASES.items():
        for match in re.finditer(pattern, flat, re.I):
            yield text.count("\n", 0, match.start()), f"{match[0]!r} in prose; {fix}"


def _prose(root: Path) -> Iterator[tuple[str, int, str]]:
    for page in pages(root, "*.md", "**/*.md"):
        for lines, paragraph in page.paragraphs():
            for offset, message in phrases(mask(paragraph)):
                yield page.path, lines[offset], message
        claim = str(page.front.get("lesson") or "")
        for _, message in phrases(claim):
            yield page.path, 1, f"{message} (in the front matter)"


def _docstrings(root: Path) -> Iterator[tuple[str, int, str]]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for path, _, tree in python(root, "lablib/**/*.py", "exercises/**/*.py"):
        for node in ast.walk(tree):
            if isinstance(node, holders) and ast.get_docstring(node, clean=False):
                text = node.body[0]
                assert isinstance(text, ast.Expr)
                for offset, message in phrases(ast.get_docstring(node, clean=False) or ""):
                    yield path, text.lineno + offset, message.replace("prose", "a docstring")


def _names(root: Path) -> Iterator[tuple[str, int, str]]:
    """Banned names where they are given (a library's own method may be called by its name)."""
    fix = "name the computation, not the virtue"
    for path, _, tree in python(root, "lablib/**/*.py", "exercises/**/*.py", "tools/**/*.py"):
        for node in ast.walk(tree):
            for name, at in _defined(node):
                if NAMES.search(name):
                    yield path, at, f"the name {name!r} promises a virtue; {fix}"
    for path in files(root, "lablib/**/*.py", "exercises/**", "chapters/**/*.md", "results/**"):
        if NAMES.search(path):
            yield path, 1, f"the file name promises a virtue; {fix}"
    for page in pages(root, "chapters/**/*.md"):
        for cell in page.cells:
            for number, line in cell.body:
                for match in re.finditer(rf"(?:def\s+)?\b\w*(?:{NAMES.pattern})\w*", line, re.I):
                    if match[0].startswith("def ") or re.match(r"\s*=[^=]", line[match.end() :]):
                        name = match[0].removeprefix("def ").strip()
                        yield page.path, number, f"the name {name!r} promises a virtue; {fix}"


def _defined(node: ast.AST) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, node.lineno
    elif isinstance(node, ast.arg):
        yield node.arg, node.lineno
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id, node.lineno
