import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("tokenizers")

from lablib.data import load
from lablib.data.tokenization import SPECIAL, characters, train_bpe

CORPUS = ["the cat sat on the mat", "the bat and the cat", "une été, 猫 and 🐈"] * 20


@pytest.fixture(scope="module")
def trained():
    return train_bpe(CORPUS, vocabulary_size=300)


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=40))
def test_bpe_gives_every_text_back(trained, text):
    assert trained.decode(trained.encode(text).ids, skip_special_tokens=False) == text


def test_the_first_merges_are_those_of_the_textbook():
    """On "aaabdaaabac" the pairs aa, ab and then aaab are the most frequent (Gage 1994)."""
    tokenizer = train_bpe(["aaabdaaabac"], vocabulary_size=259, special=())
    merged = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])[256:]
    assert [token for token, _ in merged] == ["aa", "ab", "aaab"]
    assert tokenizer.encode("aaabdaaabac").tokens == ["aaab", "d", "aaab", "a", "c"]


def test_special_tokens_come_first_and_are_never_merged(trained):
    assert [trained.token_to_id(token) for token in SPECIAL] == [0, 1, 2, 3]
    assert trained.encode("<mask> the").ids[0] == 3
    assert trained.decode([0, *trained.encode("the cat").ids, 2]) == "the cat"


def test_training_twice_gives_the_same_vocabulary(trained):
    assert train_bpe(CORPUS, vocabulary_size=300).get_vocab() == trained.get_vocab()


def test_more_merges_make_fewer_tokens():
    texts = load("movie-reviews").texts[:2000]
    lengths = []
    for size in (300, 1000, 3000):
        tokenizer = train_bpe(texts, vocabulary_size=size)
        assert tokenizer.get_vocab_size() == size
        lengths.append(sum(len(tokenizer.encode(text).ids) for text in texts[:200]))
    total = sum(map(len, texts[:200]))
    assert lengths[0] > lengths[1] > lengths[2]
    assert 0.2 < lengths[2] / total < 0.35  # about four characters a token, no better


def test_characters_are_one_token_each():
    tokenizer = characters(CORPUS)
    text = "une été,\n猫🐈"
    ids = tokenizer.encode(text).ids
    assert len(ids) == len(text)
    assert tokenizer.token_to_id("<pad>") == 0
    assert tokenizer.token_to_id("<unk>") == 4
    assert ids[8] == 4  # the line break did not occur
    assert tokenizer.decode(tokenizer.encode("the 猫").ids) == "the 猫"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: train_bpe([], vocabulary_size=200), "must be at least 260: 256 bytes and 4"),
        (lambda: train_bpe([], vocabulary_size=300, special=("a", "a")), "must be distinct"),
        (lambda: characters([], special=("<unk>",)), "must be distinct"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
