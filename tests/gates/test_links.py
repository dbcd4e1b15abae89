import pytest

from tools.gates.links import check

CLEAN = {
    "README.md": "[book](book/index.md)\n",
    "book/index.md": (
        "# Home\n\n"
        "See [setup](setup.md#install), [start](../chapters/start/page.md), [top](#home),\n"
        "[out](https://example.org/missing.md), [mail](mailto:a@b.example), {doc}`setup`,\n"
        "{doc}`the page </chapters/start/page>`, {download}`data <../lablib/data.csv>`,\n"
        "`[code](nowhere.md)` and ![Finding](pictures/a.png).\n\n"
        "```{figure} pictures/a.png\n:alt: x\n```\n\n"
        "```\n[code](nowhere.md)\n```\n\n"
        "[ref]: setup.md\n"
    ),
    "book/setup.md": "# Setup\n\nBack to [home](./index.md) or [html](index.html).\n",
    "book/pictures/a.png": "",
    "chapters/start/page.md": "# Page\n",
    "zh/book/index.md": "[一](setup.md) [课](../chapters/start/page.md) {doc}`二 </book/setup>`\n",
    "lablib/data.csv": "a\n",
}
PATH = "book/index.md"
PLANTS = {
    "link": (PATH, "setup.md#install", "set-up.md#install", 3, "link 'set-up.md#install'"),
    "link over a folder": (PATH, "../chapters/start/page.md", "../chapters/page.md", 3, "does not"),
    "out of the tree": (PATH, "../chapters/start/page.md", "../../page.md", 3, "../../page.md"),
    "doc": (PATH, "{doc}`setup`", "{doc}`install`", 4, "doc 'install'"),
    "doc from the root": (PATH, "/chapters/start/page>", "/chapters/page>", 5, "'/chapters/page'"),
    "download": (PATH, "../lablib/data.csv", "data.csv", 5, "download 'data.csv'"),
    "picture": (PATH, "![Finding](pictures/a.png)", "![Finding](b.png)", 6, "link 'b.png'"),
    "figure": (PATH, "```{figure} pictures/a.png", "```{figure} a.png", 8, "figure 'a.png'"),
    "definition": (PATH, "[ref]: setup.md", "[ref]: gone.md", "[ref]", "link 'gone.md'"),
    "built page": ("book/setup.md", "index.html", "home.html", 3, "link 'home.html'"),
    "neither in this language nor in English": (
        "zh/book/index.md",
        "setup.md",
        "x.md",
        1,
        "'x.md'",
    ),
    "readme": ("README.md", "book/index.md", "docs/index.md", 1, "link 'docs/index.md'"),
}


def test_clean(tree):
    assert check(tree(CLEAN)) == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_plant(planted, plant):
    planted(check, CLEAN, *plant)
