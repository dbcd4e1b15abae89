import hashlib
from pathlib import Path

import pytest

from lablib.data import DataError, cache

CONTENT = b"all of it"
SHA = hashlib.sha256(CONTENT).hexdigest()


def store(target, write, expected=SHA):
    return cache.store("some-card", target=target, expected=expected, write=write)


def test_a_whole_file_is_moved_into_place(tmp_path):
    target = tmp_path / "deep" / "archive.whl"
    assert store(target, lambda part: part.write_bytes(CONTENT)) == target
    assert target.read_bytes() == CONTENT
    assert [p.name for p in target.parent.iterdir()] == ["archive.whl"]
    (tmp_path / "plain").touch()
    assert target.stat().st_mode == (tmp_path / "plain").stat().st_mode  # others may read it


def test_a_wrong_hash_leaves_nothing_and_keeps_what_was_there(tmp_path):
    target = tmp_path / "archive.whl"
    target.write_bytes(b"older")
    with pytest.raises(DataError, match=f"^some-card: .* expected {SHA}; .*run it again"):
        store(target, lambda part: part.write_bytes(b"other"))
    assert [p.name for p in tmp_path.iterdir()] == ["archive.whl"]
    assert target.read_bytes() == b"older"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_an_interruption_half_way_leaves_nothing(tmp_path, stop):
    def half(part: Path):
        part.write_bytes(CONTENT[:4])
        raise stop

    with pytest.raises(stop):
        store(tmp_path / "archive.whl", half)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_named(tmp_path):
    def full(part: Path):
        part.write_bytes(CONTENT[:4])
        raise OSError(28, "No space left on device")

    with pytest.raises(DataError, match=r"^some-card: .*No space left.*LABLIB_CACHE"):
        store(tmp_path / "archive.whl", full)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_read_counts_as_absent(tmp_path, monkeypatch):
    target = tmp_path / "archive.whl"
    target.write_bytes(CONTENT)
    assert cache.holds(target, SHA)

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert not cache.holds(target, SHA)


def test_a_read_only_folder_is_named(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(DataError, match=r"^some-card: cannot write .*Permission denied.*LABLIB"):
        store(tmp_path / "archive.whl", lambda part: None)


def test_a_cache_below_a_file_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="cannot write to the cache folder"):
        store(tmp_path / "file" / "archive.whl", lambda part: None)


def test_the_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("LABLIB_CACHE", str(tmp_path))
    assert cache.cache_folder() == tmp_path
    monkeypatch.setenv("LABLIB_CACHE", "~/elsewhere")
    assert cache.cache_folder() == Path.home() / "elsewhere"
    monkeypatch.delenv("LABLIB_CACHE")
    assert cache.cache_folder().name == "lablib"
