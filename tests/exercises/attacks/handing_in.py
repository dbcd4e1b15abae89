"""Files that are no honest notebook: malformed, huge, misplaced, and archives with a purpose."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.exercises.attacks.rows import Attack, notebook

PROBLEM, PASSED = frozenset({"problem"}), frozenset({"passed"})
ERROR, NOTHING = frozenset({"error"}), frozenset({"not started"})
RIGHT = "def half(x): return x / 2\n"
WRONG = "def half(x): return x + 1\n"
FILE = "attack-half.py"
DATE = (2026, 11, 3, 10, 0, 0)


def bad(name: str, raw: bytes, says: str) -> Attack:
    """A notebook that cannot be read: one row that says why."""
    return Attack(name, raw, PROBLEM, 0, says)


def packed(*members: tuple[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    """A zip of these members, in this order, also with one name twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in members:
            info = zipfile.ZipInfo(name, DATE) if isinstance(name, str) else name
            info.compress_type = zipfile.ZIP_DEFLATED
            file.NameToInfo.pop(info.filename, None)
            file.writestr(info, text)
    return out.getvalue()


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes | str]) -> Callable[[Path, str], None]:
    """Hands in a zip."""

    def make(folder: Path, name: str) -> None:
        (folder / f"{name}.zip").write_bytes(packed(*members))

    return make


def damaged(folder: Path, name: str) -> None:
    (folder / f"{name}.zip").write_bytes(packed((FILE, RIGHT))[:-30])


def linked(target: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("attack-half.py", DATE)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def files(**texts: str | bytes) -> Callable[[Path, str], None]:
    """Hands in a folder; `__` in a name stands for a slash, and every file is a `.py`."""

    def make(folder: Path, name: str) -> None:
        for number, (path, text) in enumerate(texts.items()):
            place = folder / name / (path.replace("__", "/").replace("_", "-") + ".py")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode() if isinstance(text, str) else text)
            os.utime(place, (10_000 - number, 10_000 - number))

    return make


def symlink(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / FILE).symlink_to("/etc/passwd")


def named_folder(folder: Path, name: str) -> None:
    (folder / name / "attack-half.ipynb").mkdir(parents=True)


def pipe(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    os.mkfifo(folder / name / FILE)


def sparse(folder: Path, name: str) -> None:
    with (folder / f"{name}__attack-half.ipynb").open("wb") as stream:
        stream.truncate(2**40)


def deep_folders(folder: Path, name: str) -> None:
    place = folder / name / "/".join(["d"] * 30)
    place.mkdir(parents=True)
    (place / FILE).write_text(RIGHT)


DEEP = 200_000
CELL = b'{"cells": [{"cell_type": "code", "source": %s}]}'
NOTEBOOKS = [
    bad("nb-empty", b"", "is empty"),
    bad("nb-truncated", b'{"cells": [{"cell_type": "co', "damaged"),
    bad("nb-picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a text file"),
    bad("nb-list", b"[]", "holds no cells"),
    bad("nb-null", b"null", "holds no cells"),
    bad("nb-bare-nan", b'{"cells": NaN}', "no list of cells"),
    bad("nb-no-cells", b"{}", "no list of cells"),
    bad("nb-cells-text", b'{"cells": "print(1)"}', "no list of cells"),
    bad("nb-null-cell", b'{"cells": [null]}', "not a cell"),
    bad("nb-integer-source", CELL % b"3", "without text"),
    bad("nb-deep", b'{"cells": ' + b"[" * DEEP + b"]" * DEEP + b"}", "damaged"),
    bad("nb-long-number", b'{"cells": ' + b"9" * 20_000 + b"}", "damaged"),
    bad("nb-nul", CELL % b'"x\\u0000"', "NUL"),
    bad("nb-surrogate", CELL % b'"\\ud800"', "surrogate"),
    bad("nb-utf16", "{}".encode("utf-16"), "not a text file"),
    bad("nb-format-three", b'{"worksheets": [{"cells": []}]}', "format 3"),
    bad("nb-many-cells", notebook(*["pass"] * 50_000), "50000 cells"),
    bad("nb-huge", notebook("#" * (6 * 2**20)), "larger than 5 MB"),
    Attack("nb-byte-order-mark", b"\xef\xbb\xbf" + notebook(RIGHT), PASSED, 4),
    Attack("nb-lists-of-lines", notebook(["def half(x):\n", "    return x / 2"]), PASSED, 4),
    Attack("nb-one-cell-broken", notebook(RIGHT, "def f(:"), PASSED, 4, "cell 2: SyntaxError"),
    Attack("nb-needed-cell-broken", notebook("x = 1", "def half(x:\n  return"), ERROR, 0, "cell 2"),
    Attack("nb-magics", notebook("%pylab\n!rm -rf .", "?x\n" + RIGHT), PASSED, 4, "left out"),
    Attack("nb-odd-metadata", notebook(RIGHT, metadata=[1]), PASSED, 4),
    Attack("nb-many-short-cells", notebook(*["x = 1"] * 400, RIGHT), PASSED, 4),
]
PLACED = [
    Attack("symlink", symlink, PROBLEM, 0, "is a link"),
    Attack("folder-named-notebook", named_folder, PROBLEM, 0, "is a folder or a device"),
    Attack("named-pipe", pipe, PROBLEM, 0, "is a folder or a device"),
    Attack("sparse", sparse, PROBLEM, 0, "larger than 5 MB"),
    Attack("folders-without-end", deep_folders, NOTHING, 0, "too many folders deep"),
    Attack("=cmd|' _C calc'!A0", files(attack_half=RIGHT), PASSED, 4),
    Attack("<script>alert(1)<", files(attack_half=RIGHT), PASSED, 4),
]
ARCHIVES = [
    Attack("zip-honest", zipped((FILE, RIGHT)), PASSED, 4),
    Attack("zip-slip", zipped(("../../" + FILE, RIGHT)), PROBLEM, 0, "outside its archive"),
    Attack("zip-absolute", zipped(("/" + FILE, RIGHT)), PROBLEM, 0, "outside its archive"),
    Attack("zip-drive", zipped(("C:/" + FILE, RIGHT)), PROBLEM, 0, "outside its archive"),
    Attack("zip-backslash", zipped(("..\\" + FILE, RIGHT)), PROBLEM, 0, "outside its archive"),
    Attack("zip-other-learner", zipped(("honest/" + FILE, WRONG)), frozenset({"not yet"}), 0),
    Attack("zip-link", zipped((linked(FILE), "/etc/passwd")), PROBLEM, 0, "is a link"),
    Attack("zip-bomb", zipped(*[(f"{n}.py", b"\0" * 2**22) for n in range(14)]), NOTHING, 0,
           "unpacks to too much"),
    Attack("zip-one-large", zipped((FILE, b"0" * (6 * 2**20))), PROBLEM, 0, "larger than 5 MB"),
    Attack("zip-in-zip", zipped(("inner.zip", packed((FILE, RIGHT)))), NOTHING, 0, ""),
    Attack("zip-damaged", damaged, NOTHING, 0, "not a zip archive"),
    Attack("zip-twice", zipped((zipfile.ZipInfo(FILE, (2026, 11, 3, 12, 0, 0)), RIGHT),
                               (zipfile.ZipInfo(FILE, (2026, 11, 3, 9, 0, 0)), WRONG)), PASSED, 4,
           "the latest counts"),
]  # fmt: skip
ATTEMPTS = [
    Attack("late-attempt", files(attempt1__attack_half=WRONG, attempt2__attack_half=RIGHT),
           PASSED, 4, "2 files answer"),
    Attack("late-and-wrong", files(attempt1__attack_half=RIGHT, attempt2__attack_half=WRONG),
           frozenset({"not yet"}), 0, "the latest counts"),
    Attack("late-and-broken", files(attempt1__attack_half=RIGHT, attempt2__attack_half="x = '\0'"),
           PROBLEM, 0, "NUL"),
    Attack("only-a-picture", lambda folder, name: (folder / name).mkdir(), NOTHING, 0,
           "handed in no notebook"),
]  # fmt: skip

ROWS = [*NOTEBOOKS, *PLACED, *ARCHIVES, *ATTEMPTS]
