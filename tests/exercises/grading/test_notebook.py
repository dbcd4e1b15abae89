from __future__ import annotations

import json
from typing import Any

import pytest

from lablib.exercises.grading import notebook as reading
from lablib.exercises.grading.archive import UnreadableError

DEEP = 200_000
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "spaces": (b" \n", "is empty"),
    "truncated": (b'{"cells": [{"cell_type": "co', "its JSON is damaged"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a text file"),
    "a list": (b"[]", "holds no cells"),
    "null": (b"null", "holds no cells"),
    "a number": (b"7", "holds no cells"),
    "no cells": (b"{}", "no list of cells"),
    "cells is text": (b'{"cells": "print(1)"}', "no list of cells"),
    "no code": (b'{"cells": [{"cell_type": "markdown", "source": "x"}]}', "no code cell"),
    "null cell": (b'{"cells": [null]}', "a cell 1 that is not a cell"),
    "integer source": (b'{"cells": [{"cell_type": "code", "source": 3}]}', "cell 1 without text"),
    "mixed source": (
        b'{"cells": [{"cell_type": "code", "source": ["a", 3]}]}',
        "cell 1 without text",
    ),
    "no source": (b'{"cells": [{"cell_type": "code"}]}', "cell 1 without text"),
    "deep": (b'{"cells": ' + b"[" * DEEP + b"]" * DEEP + b"}", "its JSON is damaged"),
    "nul": (b'{"cells": [{"cell_type": "code", "source": "x\\u0000"}]}', "NUL characters"),
    "surrogate": (b'{"cells": [{"cell_type": "code", "source": "\\ud800"}]}', "lone surrogate"),
    "format 3": (b'{"worksheets": [{"cells": []}]}', "format 3"),
    "utf-16": ("{}".encode("utf-16"), "not a text file"),
    "endless number": (b'{"cells": ' + b"9" * 20_000 + b"}", "its JSON is damaged"),
    "bare nan": (b"NaN", "holds no cells"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_notebook_is_one_sentence(name: str) -> None:
    raw, says = BAD[name]
    with pytest.raises(UnreadableError) as caught:
        reading.parse("page.ipynb", raw)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 120


def test_too_many_cells(notebook: Any) -> None:
    with pytest.raises(UnreadableError, match="holds 50000 cells; at most 2000"):
        reading.parse("page.ipynb", notebook(*["pass"] * 50_000).encode())


@pytest.mark.parametrize("name", ["a.py", "a.PY"])
def test_bad_python_files(name: str) -> None:
    for raw in (b"", b"x = 1\0", b"\xff\xfe\x00"):
        with pytest.raises(UnreadableError):
            reading.parse(name, raw)
    assert reading.parse(name, b"def f(:").cells[0].text == "def f(:"


def test_a_byte_order_mark_is_no_fault(notebook: Any) -> None:
    mark = b"\xef\xbb\xbf"
    assert reading.parse("a.ipynb", mark + notebook("x = 1").encode()).cells[0].text == "x = 1"
    assert reading.parse("a.py", mark + b"x = 1").cells[0].text == "x = 1"


def test_lines_of_a_cell_and_odd_metadata() -> None:
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "source": "text"},
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "metadata": {"tags": "exercise"}},
        {"cell_type": "code", "source": "c = 3", "metadata": None},
    ]
    code = reading.parse("a.ipynb", json.dumps({"cells": cells}).encode())
    assert [(cell.place, cell.text) for cell in code.cells] == [
        ("cell 1", "a = 1\nb = 2"),
        ("cell 2", "c = 3"),
    ]
    assert not code.tagged


def test_which_exercises_a_file_is_about(notebook: Any) -> None:
    text = notebook('check("start/mean")', "def mean(x): ...\n  def inner(): ...\nhalf = lambda: 1")
    code = reading.parse("a.ipynb", text.encode())
    assert code.checked == {"start/mean"}
    assert code.defined == {"mean", "half"}
    for odd in (None, [], {"lablib": 3}, {"lablib": {"exercise": ["x"]}}):
        assert reading.parse("a.ipynb", notebook("x = 1", metadata=odd).encode()).checked == set()


def test_of_a_page_the_tagged_cells_and_the_learners_own_run(notebook: Any) -> None:
    text = notebook(
        "import numpy as np\nfrom lablib import experiment",
        "import numpy as np",
        "def helper(x):\n    return x\n",
        "record = experiment.run('x')",
        "def half(x): return helper(x) / 2",
        "def other(x): ...",
        "import torch",
        tagged=(4, 5),
    )
    code = reading.parse("a.ipynb", text.encode())
    assert [cell.place for cell in code.chosen(["half"])] == ["cell 2", "cell 3", "cell 5"]
    with_torch = [cell.place for cell in code.chosen(["half"], ["torch"])]
    assert with_torch == ["cell 2", "cell 3", "cell 5", "cell 7"]
    none_defines = [cell.place for cell in code.chosen(["third"])]
    assert none_defines == ["cell 2", "cell 3", "cell 5", "cell 6"]


@pytest.mark.parametrize(
    ("text", "left", "dropped"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1", 1),
        ("!pip install x\nx = 1", "pass\nx = 1", 1),
        ("%%time\nx = 1", "pass\nx = 1", 1),
        ("%%bash\nrm x", "", 1),
        ("files = !ls\nx = 1", "files = None\nx = 1", 1),
        ("if x:\n    %timeit f()", "if x:\n    pass", 1),
        ("np.mean?\nx", "pass\nx", 1),
        ("x = 7 % 2\ny != 3", "x = 7 % 2\ny != 3", 0),
        ("x == !y", "x == !y", 0),
    ],
)
def test_lines_of_ipython(text: str, left: str, dropped: int) -> None:
    got, lines = reading.without_commands(text)
    assert got == left
    assert len(lines) == dropped
    assert got.count("\n") == text.count("\n") or not got


def test_a_hostile_line_takes_no_time_to_scan() -> None:
    for text in (" " * 10**6 + "=", "a" * 10**6, "check(" * 10**5, "def(" * 10**5, "\t=" * 10**5):
        reading.without_commands(text)
        code = reading.Code((reading.Cell("cell 1", text),))
        assert code.defined == code.checked == frozenset()
