import pytest

from tools.gates.third_party import check

CLEAN = {
    "_config.yml": (
        "# see https://jupyterbook.org/file.js\n"
        "repository:\n"
        "  url: https://github.com/somebody/course\n"
        "sphinx:\n"
        "  extra_extensions: [sphinx-mathjax-offline]\n"
        "  config:\n"
        "    html_css_files: [lab.css]\n"
    ),
    "book/_static/lab.css": "@import url('other.css');\nbody { background: url(paper.png) }\n",
    "book/_static/lab.js": "// https://example.org\nfetch('data.json')\n",
    "book/_static/tree.svg": '<svg xmlns="http://www.w3.org/2000/svg"></svg>\n',
    "chapters/start/page.md": (
        "# T\n\n[a link](https://doi.org/10.1/x) and <a href='https://example.org'>one</a>\n\n"
        "![A finding](a.png)\n\n<img src='a.png' alt='A finding'>\n"
    ),
    "lablib/figures.py": "HEAD = \"<figure><img src='{src}'></figure>\"\n",
    "tools/serve.py": "URL = '<script src=\"https://example.org/x.js\">'\n",
}
PAGE = "chapters/start/page.md"
PICTURE = "![A finding](a.png)"
PLANTS = {
    "configured script": (
        "_config.yml",
        "[lab.css]",
        "[lab.css, 'https://example.org/x.css']",
        "html_css_files",
        "html_css_files loads from another host",
    ),
    "script without an ending": (
        "_config.yml",
        "    html_css_files: [lab.css]\n",
        "    html_js_files:\n      - https://example.org/lib\n",
        "example.org/lib",
        "html_js_files loads",
    ),
    "mathematics from a network": (
        "_config.yml",
        "[sphinx-mathjax-offline]",
        "[]",
        "extra_extensions",
        "add sphinx-mathjax-offline",
    ),
    "mathematics only in a comment": (
        "_config.yml",
        "[sphinx-mathjax-offline]",
        "[]  # sphinx-mathjax-offline",
        "extra_extensions",
        "drawn by a script from another host",
    ),
    "analytics": (
        "_config.yml",
        "sphinx:\n",
        "html:\n  google_analytics_id: G-1\nsphinx:\n",
        "G-1",
        "google_analytics_id",
    ),
    "thebe": (
        "_config.yml",
        "sphinx:\n",
        "launch_buttons:\n  thebe: true\nsphinx:\n",
        "thebe",
        "thebe makes every page ask",
    ),
    "imported style": (
        "book/_static/lab.css",
        "'other.css'",
        "'https://fonts.example.org/css'",
        1,
        "style loads",
    ),
    "font": ("book/_static/lab.css", "paper.png", "//example.org/f.woff2", 2, "style loads"),
    "fetch": ("book/_static/lab.js", "'data.json'", "'https://example.org'", 2, "script asks"),
    "script module": (
        "book/_static/lab.js",
        "fetch(",
        "import x from 'https://example.org/m.js'\nfetch(",
        2,
        "script asks",
    ),
    "svg image": (
        "book/_static/tree.svg",
        "></svg>",
        "><image href='https://example.org/a.png'/></svg>",
        1,
        "<image>",
    ),
    "picture": (PAGE, PICTURE, "![A finding](https://example.org/a.png)", 5, "picture comes"),
    "figure": (PAGE, PICTURE, "```{figure} http://example.org/a\n```", 5, "picture comes"),
    "script on a page": (
        PAGE,
        PICTURE,
        '<script\n  src="https://example.org/a.js"></script>',
        5,
        "<script> loads",
    ),
    "frame": (PAGE, PICTURE, "<iframe src=//example.org/v></iframe>", 5, "<iframe> loads"),
    "style sheet on a page": (
        PAGE,
        PICTURE,
        '<link rel="stylesheet" href="https://example.org/a.css">',
        5,
        "<link> loads",
    ),
    "template in the library": (
        "lablib/figures.py",
        "'{src}'",
        "'https://example.org/a.png'",
        1,
        "<img> loads",
    ),
}


def test_clean(tree):
    assert check(tree(CLEAN)) == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_plant(planted, plant):
    planted(check, CLEAN, *plant)
