from __future__ import annotations

from pathlib import Path

import pytest

from lablib.exercises.grading import journal
from lablib.exercises.grading.journal import Journal


def test_rows_and_seed_survive(tmp_path: Path) -> None:
    with Journal(tmp_path / "new" / "out") as first:
        assert first.seed is None
        first.keep_seed(7)
        first.add("a", {"score": 1.5, "name": "Ünï\n"})
        first.add("a", {"score": 2})
    with Journal(tmp_path / "new" / "out") as again:
        assert again.seed == 7
        assert again.get("a") == {"score": 2}
        assert again.get("b") is None
        again.keep_seed(7)
    assert len((tmp_path / "new" / "out" / journal.NAME).read_bytes().splitlines()) == 3


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_line_cut_off_by_a_kill_is_dropped(tmp_path: Path, cut: int) -> None:
    with Journal(tmp_path) as first:
        first.add("a", {"score": 1})
        first.add("b", {"score": 2})
    path = tmp_path / journal.NAME
    path.write_bytes(path.read_bytes()[:-cut])
    with Journal(tmp_path) as again:
        assert (again.get("a"), again.get("b")) == ({"score": 1}, None)
        again.add("b", {"score": 3})
    with Journal(tmp_path) as last:
        assert (last.get("a"), last.get("b")) == ({"score": 1}, {"score": 3})


def test_damaged_lines_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / journal.NAME).write_bytes(
        b'\xff\xfe\n[]\n{"key": "a"}\n{"key": "b", "row": {"score": 1}}\n{"seed": "x"}\n'
    )
    with Journal(tmp_path) as read:
        assert (read.get("a"), read.get("b"), read.seed) == (None, {"score": 1}, None)


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with Journal(tmp_path), pytest.raises(ValueError, match="another run is writing"):
        Journal(tmp_path)
    with Journal(tmp_path):
        pass
