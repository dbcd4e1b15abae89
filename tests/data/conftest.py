"""A tiny data set in a tiny archive on a tiny local index: no test here needs a network."""

import hashlib
import io
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lablib.data import Card, card, index

MEMBER = "package/german.data"
ROWS = (
    b"A11 6 A34 A43 1169 A65 A75 4 A93 A101 4 A121 67 A143 A152 2 A173 1 A192 A201 1\n"
    b"A12 48 A32 A410 5951 A61 A73 2 A92 A101 2 A121 22 A143 A152 1 A173 1 A191 A202 2\n"
)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in members.items():
            archive.writestr(zipfile.ZipInfo(path), content)
    return buffer.getvalue()


@dataclass(frozen=True)
class Tiny:
    """A card of two rows, the archive it describes, and a file:// index that serves it."""

    card: Card
    archive: bytes
    index: Path
    cache: Path
    member = MEMBER
    rows = ROWS
    sha = staticmethod(sha)
    zipped = staticmethod(zipped)

    def serve(self, archive: bytes, *, filename: str | None = None, package: str = "tiny") -> None:
        folder = self.index / package
        folder.mkdir(parents=True, exist_ok=True)
        name = filename or self.card.archive
        (folder / name).write_bytes(archive)
        (folder / "index.html").write_text(f'<a href="{name}">{name}</a>')

    def cached(self) -> list[str]:
        return sorted(p.name for p in self.cache.iterdir()) if self.cache.exists() else []


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    archive = zipped({MEMBER: ROWS})
    small = replace(
        card("german-credit"),
        package="tiny",
        version="1.0",
        archive="tiny-1.0-py3-none-any.whl",
        archive_sha256=sha(archive),
        files={MEMBER: sha(ROWS)},
        rows=2,
    )
    made = Tiny(small, archive, tmp_path / "simple", tmp_path / "cache")
    made.serve(archive)
    monkeypatch.setenv("LABLIB_CACHE", str(made.cache))
    monkeypatch.setenv("PIP_INDEX_URL", made.index.as_uri())
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return made


@pytest.fixture
def closed_network(monkeypatch):
    """Any attempt to open a session or a socket fails the test."""

    def refuse(*args, **kwargs):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(index, "session", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.create_connection", refuse)
