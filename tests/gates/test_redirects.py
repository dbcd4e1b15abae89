import pytest

from tools.gates.redirects import check

LIST = "book/_redirects.yml"
CLEAN = {
    "book/_toc.yml": (
        "format: jb-book\nroot: book/index\nparts:\n  - caption: Start\n    chapters:\n"
        "      - file: book/setup\n      - file: book/words\n"
    ),
    LIST: "# moved\nchapters/start/install: book/setup\nbook/home: book/index#top\n",
}
PLANTS = {
    "target is gone": (LIST, "book/setup", "book/set-up", 2, "not in book/_toc.yml"),
    "no target": (LIST, ": book/setup", ":", 2, "not in book/_toc.yml"),
    "old is a page": (LIST, "chapters/start/install", "book/words", 2, "is a page"),
    "two steps": (LIST, "install: book/setup", "install: book/home", 2, "old address itself"),
    "a file name": (LIST, "chapters/start/install", "Install.html", 2, "no page name"),
    "a list": (LIST, None, "- book/home\n", 1, "must map"),
    "not YAML": (LIST, None, "a: b: c\n", 1, "not YAML"),
}


@pytest.mark.parametrize("files", [CLEAN, {}, {LIST: "{}\n"}])
def test_clean(tree, files):
    assert check(tree(files)) == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_plant(planted, plant):
    planted(check, CLEAN, *plant)
