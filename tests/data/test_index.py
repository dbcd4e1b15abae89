import sys

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from lablib.data import index


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A lone pip configuration: no variable, no file of this machine, one file to write to."""
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(index, "_config_files", lambda: [tmp_path / "user", tmp_path / "site"])
    return tmp_path


def test_without_configuration_it_is_the_public_default(config):
    assert index.index_urls() == [PYPI_SIMPLE_ENDPOINT]


def test_the_environment_beats_the_files(config, monkeypatch):
    (config / "user").write_text("[global]\nindex-url = https://mirror.example/simple\n")
    assert index.index_urls() == ["https://mirror.example/simple/"]
    monkeypatch.setenv("PIP_INDEX_URL", "https://other.example/simple/")
    assert index.index_urls() == ["https://other.example/simple/"]


def test_the_later_file_wins_and_download_beats_global(config):
    (config / "user").write_text("[global]\nindex-url = https://a.example\n")
    (config / "site").write_text("[download]\nindex-url = https://c.example\n[global]\n")
    assert index.index_urls() == ["https://c.example/"]


def test_extra_indexes_follow_without_repeats(config, monkeypatch):
    extra = "https://b.example/simple\n  https://a.example/simple"
    (config / "user").write_text(f"[global]\nextra-index-url =\n  {extra}\n")
    monkeypatch.setenv("PIP_INDEX_URL", "https://a.example/simple")
    assert index.index_urls() == ["https://a.example/simple/", "https://b.example/simple/"]


def test_a_broken_file_does_not_stop_the_download(config):
    (config / "user").write_text("index-url = no section\n")
    assert index.index_urls() == [PYPI_SIMPLE_ENDPOINT]


def test_percent_signs_in_passwords_are_plain_text(config):
    (config / "user").write_text("[global]\nindex-url = https://u:p%40ss@a.example/simple\n")
    assert index.index_urls() == ["https://u:p%40ss@a.example/simple/"]


def test_passwords_are_never_shown():
    assert (
        index.redacted("https://me:secret@a.example:8080/simple/")
        == "https://a.example:8080/simple/"
    )


def test_the_files_are_those_of_pip(monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "mine.conf"))
    (tmp_path / "mine.conf").touch()
    files = index._config_files()
    assert files[0] == tmp_path / "mine.conf"
    assert str(files[-1]).startswith(sys.prefix)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    assert index._config_files() == []


def test_our_files_agree_with_pip_itself(monkeypatch):
    configuration = pytest.importorskip("pip._internal.configuration")
    monkeypatch.delenv("PIP_CONFIG_FILE", raising=False)
    ours = {str(path) for path in index._config_files()}
    theirs = {path for paths in configuration.get_configuration_files().values() for path in paths}
    assert theirs <= ours


def test_the_certificate_of_pip_is_used(config, monkeypatch):
    monkeypatch.setenv("PIP_CERT", "/some/bundle.pem")
    with index.session() as session:
        assert session.verify == "/some/bundle.pem"


def test_a_file_address_is_read_from_the_disk(tmp_path):
    (tmp_path / "a b.txt").write_bytes(b"here")
    with index.session() as session:
        assert session.get((tmp_path / "a b.txt").as_uri()).content == b"here"
        assert session.get((tmp_path / "absent").as_uri()).status_code == 404
