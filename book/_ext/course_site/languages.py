"""Two languages, one site: the switch on each page, and links that cross over where they must.

The English book is built first. An edition in another language is built next to it with the same
page names (`tools/editions.py`); what it does not translate, it links in English and says so.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.inventory import InventoryFile

from course_site import markup
from tools import editions, toc, words

TEMPLATES = Path(__file__).with_name("templates")
ENGLISH_LINK = "lab-english"
# Where the names of a role stand in the list of names that a build leaves behind.
KINDS = {
    "doc": ("std:doc",),
    "ref": ("std:label",),
    "term": ("std:term",),
    "numref": ("std:label",),
}


def setup(app: Any) -> None:
    app.add_config_value("course_edition", "en", "env", (str,))
    app.add_config_value("course_original", "", "env", (str,))
    app.add_css_file("languages.css")
    app.add_post_transform(PagesInEnglish)
    app.connect("config-inited", _templates)
    app.connect("missing-reference", name_in_english)
    app.connect("html-page-context", offer_switch, priority=450)
    app.connect("build-finished", finish, priority=880)


def _templates(app: Any, config: Any) -> None:
    config.templates_path = [*config.templates_path, str(TEMPLATES)]


def edition_of(app: Any) -> editions.Edition:
    """The edition that is being built."""
    known = (editions.ENGLISH, *editions.OTHERS)
    return next(e for e in known if e.code == app.config.course_edition)


def counterparts(app: Any, page: str) -> list[tuple[editions.Edition, str]]:
    """The same page in the other languages: edition and address from this page."""
    here = edition_of(app)
    up = "../" * page.count("/")
    if here != editions.ENGLISH:
        known = page in toc.pages(Path(app.config.course_original))
        return [(editions.ENGLISH, f"{up}../{page}.html")] if known else []
    root = Path(app.srcdir)
    return [
        (other, f"{up}{other.code}/{page}.html")
        for other in editions.present(root)
        if page in editions.pages(root, other)
    ]


def offer_switch(app: Any, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    """Hand the other language of a page to the header, and to search engines."""
    if doctree is None:
        return
    others = counterparts(app, pagename)
    if not others:
        return
    edition, address = others[0]
    context["counterpart"] = {"address": address, "tag": edition.tag, "name": edition.name}
    here = edition_of(app)
    own = pagename.rsplit("/", 1)[-1] + ".html"
    versions = [(here.tag, own), *((other.tag, target) for other, target in others)]
    links = [f'<link rel="alternate" hreflang="{tag}" href="{to}">' for tag, to in versions]
    context["metatags"] = context.get("metatags", "") + "\n".join(["", *links])


# Links from an edition to what exists in English only


def in_english(config: Any, docname: str, target: str, content: list[nodes.Node]) -> nodes.Node:
    """A link to `target` (a path below the English site) that says which language awaits."""
    up = "../" * (docname.count("/") + 1)
    say = words.of(config.language)
    link = nodes.reference("", "", *content, refuri=up + target, internal=True)
    link["classes"].append(ENGLISH_LINK)
    link += nodes.inline("", say(" (in English)"), classes=["lab-english-mark"])
    return link


class PagesInEnglish(SphinxPostTransform):
    """Markdown links to pages that this edition does not have go to the English page."""

    default_priority = 8  # before MyST (9) complains about them

    def run(self, **_: Any) -> None:
        if not self.config.course_original:
            return
        english = toc.pages(Path(self.config.course_original))
        for node in list(self.document.findall(addnodes.pending_xref)):
            if node["reftype"] != "myst" or node.get("refdomain"):
                continue
            path, mark, anchor = str(node["reftarget"]).partition("#")
            docname = node.get("refdoc", self.env.docname)
            page = posixpath.normpath(posixpath.join(posixpath.dirname(docname), path))
            page = page.removesuffix(".md")
            if path.endswith(".md") and page in english:
                content = [child.deepcopy() for child in node.children]
                target = f"{page}.html{mark}{anchor}"
                node.replace_self(in_english(self.config, docname, target, content))


def name_in_english(app: Any, env: Any, node: Any, content: nodes.Node) -> nodes.Node | None:
    """Roles whose target only the English book has: found in the names that its build wrote."""
    original = app.config.course_original
    if not original:
        return None
    docname = node.get("refdoc", env.docname)
    target = str(node["reftarget"])
    if node["reftype"] == "doc":
        folder = posixpath.dirname(docname)
        target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    names = english_names(Path(original) / "_build" / "html" / "objects.inv")
    for kind in KINDS.get(node["reftype"], ()):
        for name in (target, target.lower()):
            if name in names.get(kind, {}):
                _, _, address, title = names[kind][name]
                explicit = node.get("refexplicit") or title in ("", "-")
                shown = content if explicit else nodes.inline("", title)
                return in_english(app.config, docname, address, [shown])
    return None


@lru_cache(maxsize=4)
def english_names(path: Path) -> dict[str, Any]:
    """Names of pages, labels and terms in the English book, by kind."""
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return InventoryFile.load(file, "", posixpath.join)


def finish(app: Any, problem: Exception | None) -> None:
    """Say which parts are English, links and output of the shared code; name the controls."""
    if problem is not None or app.builder.format != "html" or not app.config.course_original:
        return
    say = words.of(app.config.language)
    opening = re.compile(rf'<a class="(?=[^"]*\b{ENGLISH_LINK}\b)(?![^>]*hreflang)')
    for path in sorted(Path(app.outdir).rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        marked = opening.sub(lambda match: f'<a hreflang="en" {match[0][3:]}', text)
        marked = marked.replace('<div class="cell_output ', '<div lang="en" class="cell_output ')
        for english in words.THEME:
            marked = marked.replace(f'="{english}"', f'="{say(english)}"')
        if marked != text:
            path.write_text(marked, encoding="utf-8")


def untranslated(config: Any, source: str) -> bool:
    """Whether an edition shows a file (path below the checkout) that exists in English only."""
    if not config.course_original:
        return False
    return not (Path(config.course_original) / config.course_edition / source).is_file()


def as_english(children: list[nodes.Node]) -> list[nodes.Node]:
    """Content that no translation exists of, marked as English for voices and hyphenation."""
    return [markup.html('<div lang="en">'), *children, markup.html("</div>")]
