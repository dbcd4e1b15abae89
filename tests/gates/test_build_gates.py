"""The build must turn red for every fault that has ever hidden behind a green one.

Each test plants one fault in a small book and looks at the exit status and at what is said. A
builder that ignores a fault passes its own run; only a planted fault shows that it does not.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.book.toybook import build, notebook, write
from tools import site_checks

pytestmark = pytest.mark.build

LIBRARY = {
    "lablib/__init__.py": "",
    "lablib/answer.py": "VALUE = 4242\n",
    "lablib/data/cards/toy.yml": "name: toy\n",
}
FRONT = "# Toy\n\nRead [one](../chapters/toy/one.md).\n"
ONE = notebook("One", "from lablib.answer import VALUE\nprint('value', VALUE)")
TWO = notebook("Two", "print('unchanged')")
PAGES = {"book/index": FRONT, "chapters/toy/one": ONE, "chapters/toy/two": TWO}


def ran(stdout: str) -> list[str]:
    """Names of the pages that a build executed."""
    return sorted(re.findall(r"^  (?:ran|FAILED) +(\S+):", stdout, re.MULTILINE))


def test_good_book_is_green_and_runs_only_what_changed(tmp_path):
    write(tmp_path, PAGES, LIBRARY)
    first = build(tmp_path)
    assert first.returncode == 0, first.stderr
    assert ran(first.stdout) == ["chapters/toy/one", "chapters/toy/two"]
    html = tmp_path / "_build/html/chapters/toy/one.html"
    assert "value 4242" in html.read_text()
    costs = json.loads((tmp_path / ".cache/pages.json").read_text())
    assert all(cost["cpu_seconds"] > 0 and cost["peak_mb"] > 10 for cost in costs.values())

    second = build(tmp_path)
    assert second.returncode == 0
    assert "nothing changed" in second.stdout

    # One page edited: that page runs, the other does not, and its text follows the source.
    page = tmp_path / "chapters/toy/two.md"
    page.write_text(TWO.replace("unchanged", "edited by hand"))
    third = build(tmp_path)
    assert third.returncode == 0, third.stderr
    assert ran(third.stdout) == ["chapters/toy/two"]
    assert "edited by hand" in (tmp_path / "_build/html/chapters/toy/two.html").read_text()

    # The library changed under an unchanged page: the number on the page must follow.
    (tmp_path / "lablib/answer.py").write_text("VALUE = 9797\n")
    fourth = build(tmp_path)
    assert fourth.returncode == 0, fourth.stderr
    assert ran(fourth.stdout) == ["chapters/toy/one", "chapters/toy/two"]
    assert "value 9797" in html.read_text()
    assert "4242" not in html.read_text()


@pytest.mark.parametrize(
    "changed", ["lablib/data/cards/toy.yml", "constraints.txt", "results/toy/one.full.json"]
)
def test_what_pages_depend_on_makes_all_of_them_due(tmp_path, changed):
    from tools import digest

    write(tmp_path, PAGES, LIBRARY)
    before = digest.shared(tmp_path)
    path = tmp_path / changed
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed: 1\n")
    assert digest.shared(tmp_path) != before


def test_exercise_edit_makes_only_pages_that_name_it_due(tmp_path):
    from tools import digest

    folder = tmp_path / "exercises/toy/double"
    folder.mkdir(parents=True)
    (folder / "checks.py").write_text("x = 1\n")
    assert digest.exercises_named_in(tmp_path, 'check("toy/double")') == ("toy/double",)
    assert digest.exercises_named_in(tmp_path, "neither toy/other nor a/b") == ()
    before = digest.exercises(tmp_path, ["toy/double"])
    (folder / "checks.py").write_text("x = 2\n")
    assert digest.exercises(tmp_path, ["toy/double"]) != before


def test_failing_cell_names_page_cell_and_line_and_the_rest_still_runs(tmp_path):
    bad = notebook("Bad", "good = 1", "a = 1\nb = a / 0\nprint(b)")
    write(tmp_path, {**PAGES, "chapters/toy/bad": bad}, LIBRARY)
    line = bad.splitlines().index("b = a / 0") + 1
    done = build(tmp_path)
    assert done.returncode != 0
    assert f"chapters/toy/bad.md:{line}: cell 2: ZeroDivisionError" in done.stderr
    assert "b = a / 0" in done.stderr
    assert ran(done.stdout) == ["chapters/toy/bad", "chapters/toy/one", "chapters/toy/two"]
    assert not (tmp_path / "_build/html").exists()
    again = build(tmp_path)  # red stays red, and only the red page runs again
    assert again.returncode != 0
    assert ran(again.stdout) == ["chapters/toy/bad"]


def test_word_on_stderr_fails_the_page(tmp_path):
    loud = notebook("Loud", "import warnings\nwarnings.warn('planted warning')")
    write(tmp_path, {**PAGES, "chapters/toy/one": loud}, LIBRARY)
    done = build(tmp_path)
    assert done.returncode != 0
    assert "cell 1: printed on stderr" in done.stderr
    assert "planted warning" in done.stderr


def test_page_that_takes_too_long_is_stopped(tmp_path):
    from tools.execute import execute

    write(
        tmp_path,
        {"book/index": "# Toy\n", "book/slow": notebook("Slow", "import time; time.sleep(99)")},
    )
    problems = execute(tmp_path, timeout=4)
    assert len(problems) == 1
    assert "book/slow.md" in problems[0]
    assert "Timeout: the page did not finish within 4 s" in problems[0]


def test_page_whose_kernel_dies_is_red(tmp_path):
    from tools.execute import execute

    dead = notebook("Dead", "import os; os._exit(3)")
    write(tmp_path, {"book/index": "# Toy\n", "book/dead": dead})
    problems = execute(tmp_path)
    assert problems
    assert "dead.md" in problems[0]


def test_page_in_the_contents_that_nobody_wrote(tmp_path):
    write(tmp_path, PAGES, LIBRARY)
    (tmp_path / "chapters/toy/two.md").unlink()
    done = build(tmp_path)
    assert done.returncode != 0
    assert "chapters/toy/two.md: named in book/_toc.yml, not written" in done.stderr


def test_warning_of_the_site_builder_is_red_twice(tmp_path):
    """An incremental build would forget the warning and pass the second time."""
    write(
        tmp_path, {"book/index": FRONT.replace("one.md", "nowhere.md"), "book/other": "# Other\n"}
    )
    for _ in range(2):
        done = build(tmp_path)
        assert done.returncode != 0
        assert "nowhere" in done.stderr
        assert "building the site" in done.stderr


def test_faults_that_only_the_finished_site_shows(tmp_path):
    faults = {
        "dead link": '<a href="nowhere.html">x</a>',
        "dead anchor": '<a href="index.html#nowhere">x</a>',
        "foreign script": '<script src="https://cdn.example.org/x.js"></script>',
        "foreign style": "<style>@import url(https://fonts.example.org/f.css);</style>",
        "nameless image": '<div><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></div>',
        "file name": '<div><img alt="_images/plot.png" src="data:image/gif;base64,R0lGOD"></div>',
        "nameless drawing": '<svg role="img"><path d="M0 0"/></svg>',
    }
    planted = "\n\n".join(faults.values())
    write(tmp_path, {"book/index": f"# Toy\n\n{planted}\n", "book/other": "# Other\n"})
    done = build(tmp_path)
    assert done.returncode != 0
    assert "link to nowhere.html: no such file" in done.stderr
    assert "link to index.html#nowhere: the page has no such anchor" in done.stderr
    assert "loads https://cdn.example.org/x.js from another host" in done.stderr
    assert "loads https://fonts.example.org/f.css from another host" in done.stderr
    assert done.stderr.count("has no text alternative") == 2
    assert "its text alternative is a file name (_images/plot.png)" in done.stderr
    assert f"checking the site: {len(faults)} problem(s)" in done.stderr
    assert build(tmp_path).returncode != 0  # no stamp was written for it


def test_missing_page_and_error_report_in_a_finished_site(tmp_path):
    site = tmp_path / "_build/html"
    (site / "reports").mkdir(parents=True)
    (site / "book").mkdir()
    (site / "reports/one.err.log").write_text("Traceback")
    write(tmp_path, {"book/index": "# Toy\n", "book/other": "# Other\n"})
    (site / "book/other.html").write_text("<p>no heading</p>")
    problems = site_checks.all_problems(tmp_path, site)
    assert any(line.startswith("book/index: in book/_toc.yml") for line in problems)
    assert any(line.startswith("book/other: was built without a heading") for line in problems)
    assert any("one.err.log" in line for line in problems)


def test_damaged_site_is_built_again(tmp_path):
    from tools import build_book, digest

    write(tmp_path, {"book/index": "# Toy\n", "book/other": "# Other\n"})
    site: Path = tmp_path / build_book.SITE
    site.mkdir(parents=True)
    (site / "index.html").write_text("whole")
    stamp = tmp_path / build_book.STAMP
    stamp.parent.mkdir()
    stamp.write_text(f"{digest.site(tmp_path)} {digest.output(site)}\n")
    assert build_book.unchanged(tmp_path)
    (site / "index.html").write_text("cut")
    assert not build_book.unchanged(tmp_path)
