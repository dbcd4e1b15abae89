import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lablib.data.tokenization import train_bpe
from lablib.language_models.scratch import next_token
from lablib.language_models.scratch.corpus import END, Corpus
from lablib.models.decoder import Decoder
from lablib.models.generation import sampling_probabilities

TEXT = ("a rose is a rose is a rose", "a river\nis no rose")


@pytest.fixture(scope="module")
def text():
    tokenizer = train_bpe(TEXT, vocabulary_size=270, special=(END,))
    return Corpus(TEXT, TEXT, TEXT, tokenizer, "")


@pytest.fixture(scope="module")
def view(text):
    model = Decoder(text.vocabulary, context=8, width=16, heads=2, layers=1, seed=0)
    return next_token.temperatures(model, text, prompt="a rose", caption="Untrained.")


def test_the_nucleus_by_hand():
    chances = torch.tensor([0.05, 0.5, 0.25, 0.2])
    sizes = [next_token.nucleus_size(chances, top_p=p) for p in (0.5, 0.51, 0.75, 0.9, 1)]
    assert sizes == [1, 2, 2, 3, 4]
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        next_token.nucleus_size(chances, top_p=0)


@given(
    st.lists(st.floats(-8, 8), min_size=2, max_size=40, unique=True),
    st.floats(0.05, 0.95),
    st.floats(0.2, 3),
)
def test_it_is_what_top_p_leaves(logits, top_p, temperature):
    logits = torch.tensor(logits, dtype=torch.float64)
    chances = sampling_probabilities(logits, temperature=temperature)
    together = chances.sort(descending=True).values.cumsum(0)
    if (together - top_p).abs().min() < 1e-9:
        return  # a tie with p may be cut either way
    left = sampling_probabilities(logits, temperature=temperature, top_p=top_p)
    assert int((left > 0).sum()) == next_token.nucleus_size(chances, top_p=top_p)


def test_probabilities_add_up_and_flatten_with_temperature(view):
    tops = []
    for one in view.settings:
        listed, others = one.marks
        assert sum(listed.x) + others.x[0] == pytest.approx(1, abs=1e-5)
        assert list(listed.x) == sorted(listed.x, reverse=True)
        tops.append(listed.x[0])
    assert tops == sorted(tops, reverse=True)
    sizes = [int(list(one.readouts.values())[1].split()[0]) for one in view.settings]
    assert sizes == sorted(sizes)
    assert f"{sizes[next_token.TEMPERATURES.index(1.0)]} tokens" in view.predict.answer


class Sure(torch.nn.Module):
    """Expects token 5 whatever it reads."""

    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, tokens):
        logits = torch.full((*tokens.shape, self.size), -30.0)
        logits[..., 5] = 30.0
        return logits


def test_a_model_that_is_sure_is_seen_to_be(text):
    view = next_token.temperatures(Sure(text.vocabulary), text, prompt="a", caption="Sure.")
    assert all(math.isclose(one.marks[0].x[0], 1, abs_tol=1e-6) for one in view.settings)
    assert all(one.readouts["top-p 0.9 keeps"] == "1 tokens" for one in view.settings)


def test_spaces_and_line_ends_can_be_seen(text):
    shown = {next_token._shown(text, token) for token in range(text.vocabulary)}
    assert {"·rose", "↵"} <= shown
    assert any(name.startswith("token ") for name in shown)  # bytes that are no letter
    shown = {name for name in shown if not name.startswith("token ")}
    assert not any(" " in name or "\n" in name for name in shown)
