from __future__ import annotations

import os
import stat
import warnings
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from lablib.exercises.grading import archive

WHEN = (2026, 11, 3, 10, 0, 0)


def packed(files: dict[str, bytes | str], **when: tuple[int, ...]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            info = zipfile.ZipInfo(name, when.get(name, WHEN))
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, text)
    return out.getvalue()


def listed(source: Path) -> dict[str, str]:
    """Path to "folder", the reason for refusal, or the text."""
    found = {}
    for entry in archive.entries(source):
        what = "folder" if entry.folder else entry.refused
        try:
            what = what or entry.read().decode()
        except archive.UnreadableError as error:
            what = str(error)
        found["/".join(entry.parts)] = what
    return found


def test_a_folder_with_folders_files_and_zips(tmp_path: Path) -> None:
    (tmp_path / "ada" / "deep").mkdir(parents=True)
    (tmp_path / "ada" / "deep" / "a.py").write_text("a")
    (tmp_path / "ada" / ".ipynb_checkpoints").mkdir()
    (tmp_path / "ada" / ".ipynb_checkpoints" / "b.ipynb").write_text("b")
    (tmp_path / "bob.py").write_text("b")
    (tmp_path / "cy.zip").write_bytes(packed({"x/c.py": "c", "__MACOSX/c.py": "c"}))
    (tmp_path / "roster.csv").write_text("r")
    assert listed(tmp_path) == {
        "ada": "folder",
        "ada/deep/a.py": "a",
        "bob.py": "b",
        "cy/x/c.py": "c",
        "roster.csv": "r",
    }


def test_links_devices_and_misnamed_folders_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden checks")
    folder = tmp_path / "class"
    (folder / "eve" / "looks.ipynb").mkdir(parents=True)
    (folder / "eve" / "a.py").symlink_to(secret)
    (folder / "eve" / "inner").symlink_to(tmp_path)
    (folder / "mal").symlink_to(tmp_path)
    (folder / "zed.ipynb").mkdir()
    os.mkfifo(folder / "eve" / "pipe.py")
    found = listed(folder)
    assert found.pop("eve") == "folder"
    assert set(found.values()) == {
        "is a link, not a file",
        "is a folder or a device, not a file",
    }
    assert sorted(found) == ["eve/a.py", "eve/looks.ipynb", "eve/pipe.py", "mal", "zed.ipynb"]


def test_the_folder_of_results_is_no_learner(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "ada").mkdir()
    out = tmp_path / "ada" / ".." / "results"
    assert [entry.parts for entry in archive.entries(tmp_path, leave_out=out)] == [("ada",)]


def test_too_large_a_file(tmp_path: Path) -> None:
    (tmp_path / "ada.py").write_bytes(b"#" * (archive.MAX_FILE_BYTES + 1))
    assert listed(tmp_path)["ada.py"].startswith("is larger than 5 MB")


def test_a_zip_of_a_class(tmp_path: Path) -> None:
    file = tmp_path / "week1.zip"
    inner = packed({"deep/d.py": "d"})
    file.write_bytes(
        packed({"week1/ada/a.py": "a", "week1/bob.ipynb": "{}", "week1/dan.zip": inner})
    )
    assert listed(file) == {"ada/a.py": "a", "bob.ipynb": "{}", "dan/deep/d.py": "d"}


def test_names_that_point_outside_are_refused_and_write_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    bad = {"../../evil.py": "e", "/abs.py": "a", "C:/win.py": "c", "..\\up.py": "u", "ok.py": "o"}
    (folder / "eve.zip").write_bytes(packed(dict(bad)))
    before = sorted(tmp_path.rglob("*"))
    found = listed(folder)
    assert found.pop("eve/ok.py") == "o"
    assert set(found.values()) == {"points outside its archive"}
    assert len(found) == 4
    assert all(name.startswith("eve/") for name in found)
    assert sorted(tmp_path.rglob("*")) == before


def test_bombs_links_and_locks_in_an_archive(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.py", WHEN)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(link, "../../secret")
        file.writestr("big.py", b"0" * (archive.MAX_FILE_BYTES + 1))
    (tmp_path / "eve.zip").write_bytes(out.getvalue())
    huge = {f"{number}.py": b"\0" * 2**22 for number in range(14)}
    (tmp_path / "mal.zip").write_bytes(packed(dict(huge)))
    damaged = bytearray(packed({"a.py": bytes(range(256))}))
    damaged[60:90] = b"\xff" * 30
    (tmp_path / "pat.zip").write_bytes(bytes(damaged))
    (tmp_path / "sam.zip").write_bytes(b"not a zip")
    found = listed(tmp_path)
    assert found["eve/link.py"] == "is a link, not a file"
    assert found["eve/big.py"].startswith("is larger than 5 MB")
    assert found["mal.zip"] == "is an archive that unpacks to too much"
    assert found["pat/a.py"] == "is damaged or locked inside its archive"
    assert found["sam.zip"] == "is not a zip archive, or a damaged one"


def test_a_size_that_lies_reads_no_more_than_allowed(tmp_path: Path) -> None:
    raw = bytearray(packed({"a.py": b"0" * (2 * archive.MAX_FILE_BYTES)}))
    small = (100).to_bytes(4, "little")
    place = raw.rindex(b"PK\x01\x02")
    raw[place + 24 : place + 28] = small
    (tmp_path / "eve.zip").write_bytes(bytes(raw))
    assert listed(tmp_path)["eve/a.py"] == "is damaged or locked inside its archive"


def test_an_archive_in_a_learners_archive_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "eve.zip").write_bytes(packed({"inner.zip": packed({"a.py": "a"})}))
    assert [entry.parts for entry in archive.entries(tmp_path)] == [("eve", "inner.zip")]


def test_one_name_twice_in_an_archive(tmp_path: Path) -> None:
    out = BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as file:
        warnings.simplefilter("ignore")
        for hour, text in ((12, "new"), (9, "old")):
            file.writestr(zipfile.ZipInfo("a.py", (2026, 11, 3, hour, 0, 0)), text)
    (tmp_path / "ada.zip").write_bytes(out.getvalue())
    found = archive.entries(tmp_path)
    assert [entry.read() for entry in found] == [b"new", b"old"]
    assert found[0].modified - found[1].modified == 3 * 3600


def test_what_is_neither_a_folder_nor_a_zip(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("text")
    for name in ("a.zip", "b.zip", "a.tar"):
        with pytest.raises(ValueError, match="give the submissions of a class"):
            archive.entries(tmp_path / name)
