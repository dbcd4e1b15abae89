"""Folders meant to break those who remove or measure them."""

from __future__ import annotations

import os
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lablib.exercises.sandbox import scratch, tiers
from lablib.exercises.sandbox.channel import FloodError
from lablib.exercises.sandbox.limits import Limits

Call = Callable[..., dict[str, Any]]
DEEP = """
    import os
    def dig(levels):
        for _ in range(levels):
            os.mkdir("d" * 50, 0o300); os.chdir("d" * 50)
            open("file", "w").close()
        os.mkdir("closed", 0)
        os.symlink("/", "way")
        os.mkfifo("pipe")
        return levels
"""


@pytest.mark.parametrize("name", [*tiers.TIERS, "none"])
def test_a_deep_folder_is_removed(name: str, call: Call) -> None:
    if name != "none" and (reason := tiers.trouble(name)):
        pytest.skip(f"no {name} sandbox on this machine: {reason}")
    # Other test processes make folders beside ours; ours carry our number.
    place, ours = Path(scratch.tempfile.gettempdir()), f"{scratch.PREFIX}{os.getpid()}-*"
    before = set(place.glob(ours))
    with tiers.open_with(Limits(seconds=5, memory_mb=300), tier=name) as session:
        session.load([textwrap.dedent(DEEP)])
        assert call(session, "dig", 1200)["value"] == 1200
    assert set(place.glob(ours)) == before


def test_folders_of_killed_graders_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch.tempfile, "gettempdir", lambda: str(tmp_path))
    gone = subprocess.Popen(["true"])
    gone.wait()
    names = {name: f"{scratch.PREFIX}{name}" for name in (f"{gone.pid}-x", f"{os.getpid()}-x", "x")}
    for name in names.values():
        (tmp_path / name / "inner").mkdir(parents=True)
    (tmp_path / f"{scratch.PREFIX}{gone.pid}-link").symlink_to(tmp_path)
    scratch.sweep.cache_clear()
    scratch.sweep()
    left = {path.name for path in tmp_path.iterdir()}
    assert names[f"{gone.pid}-x"] not in left
    assert len(left) == 3


def test_what_a_link_points_to_stays(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("kept")
    folder = scratch.make(None)
    os.symlink(tmp_path / "kept", os.path.join(folder, "way"))
    os.mkdir(os.path.join(folder, "inner"))
    os.symlink(tmp_path / "kept", os.path.join(folder, "inner", "way"))
    scratch.watch(folder, 1)
    scratch.remove(folder)
    assert (tmp_path / "kept" / "file").read_text() == "kept"
    assert not os.path.exists(folder)


@pytest.mark.parametrize("kind", ["size", "number", "depth"])
def test_too_much_is_noticed(tmp_path: Path, kind: str) -> None:
    scratch.watch(str(tmp_path), 1)
    if kind == "size":
        (tmp_path / "file").write_bytes(b"x" * 2**21)
    elif kind == "number":
        for number in range(scratch.MOST_ENTRIES + 1):
            (tmp_path / str(number)).mkdir()
    else:
        (tmp_path / "/".join("d" * (scratch.DEEPEST + 2))).mkdir(parents=True)
    with pytest.raises(FloodError, match="more data in its folder"):
        scratch.watch(str(tmp_path), 1)
