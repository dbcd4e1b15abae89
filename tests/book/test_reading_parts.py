"""The same parts by themselves, on text alone."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes

from tests.book import extension  # noqa: F401  (makes course_site importable)
from tools import site_checks, site_weight

from course_site import downloads, glossary, launch, light  # isort: skip


@pytest.mark.parametrize(
    ("place", "colab"),
    [
        ("https://github.com/a/b", "github/a/b/blob/main/chapters/x/y.ipynb"),
        ("https://github.com/a/b/tree/v1", "github/a/b/blob/v1/chapters/x/y.ipynb"),
        ("https://github.com/a/b/tree/v1/sub", "github/a/b/blob/v1/sub/chapters/x/y.ipynb"),
    ],
)
def test_one_setting_makes_both_buttons(place, colab):
    context = {"ipynb_source": "chapters/x/y.ipynb", "header_buttons": []}
    app = SimpleNamespace(config=SimpleNamespace(course_notebooks=place))
    launch.offer(app, "chapters/x/y", "page.html", context, None)
    (group,) = context["header_buttons"]
    addresses = {button["text"]: button["url"] for button in group["buttons"]}
    assert addresses["Colab"].endswith(colab)
    assert addresses["Binder"].startswith("https://mybinder.org/v2/gh/a/b/")
    assert addresses["Binder"].endswith("chapters/x/y.ipynb")


def test_no_setting_or_no_notebook_makes_no_button():
    for place, source in (("", "a.ipynb"), ("https://github.com/a/b", None)):
        context = {"ipynb_source": source, "header_buttons": []}
        app = SimpleNamespace(config=SimpleNamespace(course_notebooks=place))
        launch.offer(app, "a", "page.html", context, None)
        assert not context["header_buttons"]


def test_unknown_place_is_refused_with_the_form_that_is_wanted():
    with pytest.raises(ValueError, match="must be empty or look like"):
        launch.services("https://example.org/a", "page")


def test_archive_has_the_same_bytes_whenever_it_is_made(tmp_path: Path):
    files = {"b.ipynb": b"two", "a.ipynb": b"one"}
    downloads.pack(files, tmp_path / "first.zip")
    downloads.pack(dict(reversed(files.items())), tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_terms_are_read_from_the_source():
    source = "# G\n\n```{glossary}\none term\n  Its {term}`b`.\n\nb\n  B.\n```\n\nnot a term\n"
    assert glossary.terms(source) == ("one term", "b")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A Shapley value of Shapley values.", ["Shapley value"]),
        ("Probes and a probe.", ["Probes"]),
        ("A probely reprobe, probe-like.", []),
        ("A control task and a probe.", ["control task", "probe"]),
        ("使用差分隐私训练", ["差分隐私"]),
    ],
)
def test_first_whole_words_are_found(text, found):
    wanted = {name: name for name in ("shapley value", "probe", "control task", "task", "差分隐私")}
    pieces = list(glossary.split(text, wanted, "chapters/a/b"))
    assert "".join(piece.astext() for piece in pieces) == text
    assert [piece.astext() for piece in pieces if not isinstance(piece, nodes.Text)] == found


def test_text_in_boxes_tables_and_code_stays():
    def paragraph(*classes: str) -> nodes.Element:
        return nodes.container("", nodes.paragraph("", "word"), classes=list(classes))

    document = nodes.document(None, None)
    document += [paragraph(), paragraph("lab-exercise")]
    document += nodes.table("", paragraph())
    document += nodes.paragraph("", "", nodes.literal("word", "word"), nodes.emphasis("", "word"))
    assert len(list(glossary.prose(document))) == 1


SCRIPT = '{"glass":[512,256,[],"f002","M1 2z"],bars:[448,512,[1,"a"],"f0c9","M3"]}'
PAGE = (
    '<head><script src="_static/scripts/fontawesome.js?digest=1" defer=""></script>\n'
    '<script src="_static/documentation_options.js"></script>\n'
    '<script src="_static/doctools.js"></script>\n'
    '<script>window.MathJax = {"a": 1}</script>\n'
    '<script defer="defer" src="_static/mathjax/tex-mml-chtml.js"></script>\n'
    '<script src="searchindex.js"></script>\n</head>'
    '<body><i class="fa-solid fa-glass fa-lg" title="Find"></i><span class="fas fa-new"></span>'
    '<i class="theme-switch fa-solid fa-bars" data-mode="dark"></i>'
    "<article>TEXT</article></body>"
)


def test_page_loses_what_it_does_not_use():
    known = light.icons(SCRIPT)
    assert known["bars"] == light.Drawing(448, 512, "M3")
    text = light.lightened(PAGE, known)
    for gone in ("fontawesome", "MathJax", "mathjax", "searchindex", 'title="Find"'):
        assert gone not in text
    assert '<svg class="svg-inline--fa fa-solid fa-glass fa-lg" aria-hidden="true"' in text
    assert 'viewBox="0 0 512 256"' in text
    assert '<svg class="svg-inline--fa theme-switch fa-solid fa-bars" data-mode="dark"' in text
    assert '<span class="fas fa-new"></span>' in text  # unknown: the theme's font draws it
    assert '<script src="_static/documentation_options.js">' in text
    assert '<script defer="defer" src="_static/doctools.js">' in text
    assert light.lightened(text, known) == text


def test_spans_that_look_like_the_text_are_unwrapped():
    code = '<span class="p"><span class="pre">,</span></span><span class="w"> </span>'
    assert light.lightened(code + '<span class="k">if</span>', {}) == ', <span class="k">if</span>'


def test_glyphs_that_no_page_draws_leave_the_styles():
    styles = ".a{b:c}.fa-one:before{content:'1'}.fa-two:before,.fa-2:before{content:'2'}.fa-lg{d:e}"
    assert light.without_glyphs(styles, {"two"}) == styles.replace(
        ".fa-one:before{content:'1'}", ""
    )


@pytest.mark.parametrize("inside", ['<span class="math">x</span>', "\\(x\\)", "$$x$$"])
def test_page_with_a_formula_keeps_mathjax(inside):
    text = light.lightened(PAGE.replace("TEXT", inside), {})
    assert "window.MathJax" in text
    assert "tex-mml-chtml.js" in text


def test_search_page_keeps_the_builders_search_as_it_is():
    text = light.lightened(PAGE, {}, searches=True)
    assert '<script src="searchindex.js">' in text
    assert '<script src="_static/doctools.js">' in text


@pytest.mark.parametrize(
    "planted",
    [
        '<details class="lab-solution" open><summary>s</summary>x</details>',
        '<div class="lab-solution">x</div>',
        '<details class="lab-quiz-answers">x</details>',
    ],
)
def test_shown_solution_and_heavy_page_are_found(tmp_path: Path, planted):
    picture = '<img src="p.png" alt="A finding"><link rel="stylesheet" href="s.css?v=1">'
    text = f"<html lang='en'><h1>t</h1>{picture}{planted}</html>"
    (tmp_path / "a.html").write_text(text)
    (tmp_path / "s.css").write_text("p { margin: 0 }\n" * 100_000)  # little when compressed
    (tmp_path / "p.png").write_bytes(bytes(site_weight.LIMIT - 5000))
    parsed = site_checks.parse_site(tmp_path)
    pages = [(page.name, page.path, page.soup) for page in parsed]
    assert not site_weight.heavy_pages(pages)
    (found,) = site_checks.shown_solutions(parsed)
    assert "a.html" in found
    (tmp_path / "q.png").write_bytes(bytes(5000))
    (tmp_path / "b.html").write_text(text.replace("p.png", "q.png") + text)
    pages = [(p.name, p.path, p.soup) for p in site_checks.parse_site(tmp_path)]
    assert [line.partition(":")[0] for line in site_weight.heavy_pages(pages)] == ["b.html"]
