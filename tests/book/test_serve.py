"""The book's own server: compressed text, whole pictures, nothing old."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.book.conftest import serving

TEXT = "<p>word</p>" * 500


@pytest.fixture
def host(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "page.html").write_text(TEXT)
    (tmp_path / "p.png").write_bytes(bytes(100))
    for base in serving(tmp_path):
        yield urlsplit(base).netloc


def ask(host: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_text_is_compressed_for_who_can_read_it(host):
    answer, body = ask(host, "/page.html", Accept_Encoding="gzip, br")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"].startswith("text/html")
    assert gzip.decompress(body).decode() == TEXT
    assert len(body) == int(answer.headers["Content-Length"]) < len(TEXT) / 10
    answer, body = ask(host, "/page.html")
    assert answer.headers["Content-Encoding"] is None
    assert body.decode() == TEXT


def test_what_is_compressed_already_stays(host):
    answer, body = ask(host, "/p.png", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] is None
    assert body == bytes(100)


def test_a_changed_page_is_sent_anew_and_an_unchanged_one_is_not(host, tmp_path: Path):
    answer, _ = ask(host, "/page.html", Accept_Encoding="gzip")
    assert answer.headers["Cache-Control"] == "no-cache"
    since = answer.headers["Last-Modified"]
    again, body = ask(host, "/page.html", Accept_Encoding="gzip", If_Modified_Since=since)
    assert (again.status, body) == (304, b"")
    (tmp_path / "page.html").write_text("new")
    _, body = ask(host, "/page.html", Accept_Encoding="gzip")
    assert gzip.decompress(body) == b"new"


def test_an_address_that_names_its_content_may_be_kept(host):
    answer, _ = ask(host, "/p.png?v=0a1b2c")
    assert "immutable" in answer.headers["Cache-Control"]
