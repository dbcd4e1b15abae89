import hashlib
import sys
from dataclasses import replace

import pytest

from lablib.data import DataError, card, load, weights
from lablib.data.read import load_card


@pytest.fixture
def small(tiny):
    """A weights card of one file, served by the tiny index."""
    return replace(
        tiny.card, kind="weights", name="small", unit="parameters", columns={}, target="", rows=1
    )


def test_the_archive_is_unpacked_once_and_checked_on_every_load(small, tiny, request):
    first = load_card(small)
    assert (first.folder / "german.data").read_bytes() == tiny.rows
    request.getfixturevalue("closed_network")
    again = load_card(small)
    assert (again.folder, again.name, again.card) == (first.folder, "small", small)


def test_an_interrupted_unpacking_leaves_nothing(small, tiny, monkeypatch):
    def broken(card, files, folder):
        (folder / "half").write_bytes(b"")
        raise KeyboardInterrupt

    monkeypatch.setitem(weights.UNPACK, "small", broken)
    with pytest.raises(KeyboardInterrupt):
        load_card(small)
    assert list((tiny.cache / "weights").iterdir()) == []


def test_another_process_that_was_first_wins(small, monkeypatch):
    def beaten(card, files, folder):
        final = folder.parent / folder.name[1:].rsplit(".", 2)[0]
        final.mkdir()
        weights.unpack(card, files, final)
        digest = hashlib.sha256((final / "german.data").read_bytes()).hexdigest()
        (final / weights.MANIFEST).write_text(f"{digest}  german.data\n")
        weights.unpack(card, files, folder)

    monkeypatch.setitem(weights.UNPACK, "small", beaten)
    assert (load_card(small).folder / "german.data").is_file()


@pytest.mark.parametrize("victim", ["german.data", weights.MANIFEST])
def test_a_changed_file_is_refused(small, victim):
    (load_card(small).folder / victim).write_bytes(b"")
    with pytest.raises(DataError, match=r"^small: .* was changed .*; delete the folder"):
        load_card(small)


def test_a_folder_with_the_file_is_enough(small, tiny, tmp_path, closed_network):
    (tmp_path / "german.data").write_bytes(tiny.rows)
    assert (load_card(small, folder=tmp_path).folder / "german.data").is_file()


def test_a_cache_that_cannot_be_written_is_named(small, tiny, monkeypatch, tmp_path):
    (tmp_path / "german.data").write_bytes(tiny.rows)
    monkeypatch.setenv("LABLIB_CACHE", "/proc/nowhere")
    with pytest.raises(DataError, match=r"small: cannot write to the cache folder .* LABLIB_CACHE"):
        load_card(small, folder=tmp_path)


@pytest.mark.parametrize("missing", ["accelerate", "gguf", "transformers"])
def test_a_package_that_the_conversion_lacks_is_named(monkeypatch, tmp_path, missing):
    pytest.importorskip("torch")
    monkeypatch.setitem(sys.modules, missing, None)
    chat = card("smollm2")
    with pytest.raises(DataError, match=f"smollm2: .* needs .*{missing}.*; run: pip install"):
        weights.convert_gguf(chat, {chat.file: b"GGUF"}, tmp_path)


def test_the_encoder_opens_and_has_the_size_its_card_says():
    transformers = pytest.importorskip("transformers")
    found = load("minilm")
    assert found.card.files == card("minilm").files
    model = transformers.AutoModel.from_pretrained(found.folder)
    assert sum(p.numel() for p in model.parameters()) == found.card.rows
    tokenizer = transformers.AutoTokenizer.from_pretrained(found.folder)
    assert tokenizer.tokenize("Unhappily tokenized") == ["un", "##ha", "##pp", "##ily", "token",
                                                         "##ized"]  # fmt: skip


def test_the_chat_model_opens_quietly_and_knows_a_capital(capfd):
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    found = load("smollm2")
    assert capfd.readouterr() == ("", "")
    model = transformers.AutoModelForCausalLM.from_pretrained(found.folder)
    assert model.dtype == torch.float32
    assert sum(p.numel() for p in model.parameters()) == found.card.rows
    tokenizer = transformers.AutoTokenizer.from_pretrained(found.folder)
    with torch.no_grad():
        inputs = tokenizer("The capital of France is", return_tensors="pt")
        best = int(model(**inputs).logits[0, -1].argmax())
    assert tokenizer.decode([best]) == " Paris"
