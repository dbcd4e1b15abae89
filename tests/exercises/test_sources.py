from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lablib.exercises import sources
from lablib.exercises.sources import SourceError


def notebook(*cells: Any) -> str:
    raw = []
    for cell in cells:
        source, tags = cell if isinstance(cell, tuple) else (cell, [])
        raw.append({"cell_type": "code", "source": source, "metadata": {"tags": tags}})
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": raw})


def write(tmp_path: Path, text: str, name: str = "a.ipynb") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"\xef\xbb\xbfdef half(x):\r\n    return x / 2\r\n")
    names = sources.execute(sources.read(path))
    assert names["half"](3) == 1.5


def test_of_a_notebook_the_tagged_cell_that_defines_the_function_runs(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        notebook(
            "raise SystemExit",
            ("def other(): ...", ["exercise"]),
            (["def half(x):\n", "    return 1\n"], ["exercise"]),
        ),
    )
    cells = sources.read(path, ["half"])
    assert cells == (sources.Cell("cell 3", "def half(x):\n    return 1\n"),)


def test_without_tags_every_cell_runs_and_magics_are_dropped(tmp_path: Path) -> None:
    text = "%matplotlib inline\n!ls\nhalf?\nx = 3\n"
    path = write(tmp_path, notebook(text, "def half(y):\n    return x"))
    names = sources.execute(sources.read(path, ["half"]))
    assert names["half"](1) == 3


def test_a_tagged_cell_with_a_syntax_error_is_still_found_and_named(tmp_path: Path) -> None:
    path = write(tmp_path, notebook("x = 1", ("def half(x):\n    return (x", ["exercise"])))
    with pytest.raises(SourceError, match=r"error in your line 2 of cell 2: SyntaxError"):
        sources.execute(sources.read(path, ["half"]))


def test_a_failing_cell_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "x = 1\ny = unknown\n", "answer.py")
    with pytest.raises(SourceError, match=r"error in your line 2: NameError: .*`y = unknown`"):
        sources.execute(sources.read(path))


def test_endless_code_at_the_top_level_stops() -> None:
    with pytest.raises(SourceError, match="TooSlowError"):
        sources.execute([sources.Cell("a.py", "while True: pass")], seconds=0.2)


BAD = {
    "empty": "",
    "truncated": '{"cells": [',
    "list": "[]",
    "null": "null",
    "no cells": "{}",
    "cells is text": '{"cells": "x"}',
    "null cell": '{"cells": [null]}',
    "integer source": '{"cells": [{"cell_type": "code", "source": 3}]}',
    "deep": "[" * 200_000,
    "format 3": '{"nbformat": 3, "worksheets": []}',
    "lines are numbers": '{"cells": [{"cell_type": "code", "source": [1]}]}',
    "metadata is text": '{"cells": [{"cell_type": "code", "source": "", "metadata": "x"}]}',
}


@pytest.mark.parametrize("name", BAD)
def test_a_malformed_notebook_is_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="not a notebook"):
        sources.read(write(tmp_path, BAD[name]))


def test_other_files_are_refused(tmp_path: Path) -> None:
    image = tmp_path / "a.ipynb"
    image.write_bytes(b"\x89PNG\r\n\x1a\n\xff")
    with pytest.raises(SourceError, match="not a text file"):
        sources.read(image)
    with pytest.raises(SourceError, match="no file"):
        sources.read(tmp_path)
    with pytest.raises(SourceError, match="no file"):
        sources.read(tmp_path / "absent.py")
    with pytest.raises(SourceError, match="neither"):
        sources.read(write(tmp_path, "x", "a.txt"))
    with pytest.raises(SourceError, match="larger than"):
        sources.read(write(tmp_path, " " * (sources.MAX_FILE_BYTES + 1), "big.py"))


@pytest.mark.parametrize("text", ["x = '\0'", "x = '\ud800'", "\x0c\x0c", "(" * 5000])
def test_odd_source_text_never_escapes_as_another_error(text: str) -> None:
    said = ""
    try:
        sources.execute([sources.Cell("cell 1", text)])
    except SourceError as error:
        said = str(error)
    assert said == "" or said.isprintable()
