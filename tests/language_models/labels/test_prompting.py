"""Label words scored after a shared prefix: the same as reading each whole prompt alone."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import LlamaConfig, LlamaForCausalLM

from lablib.language_models.labels import prompting

WORDS = [" eyes", " teeth", " drugs"]


class Pieces:
    """A tokenizer of space-led words and single characters, numbered as they come."""

    def __init__(self):
        self.numbers = {}

    def __call__(self, text, add_special_tokens=True):
        del add_special_tokens
        pieces = []
        while text:
            word = next((w for w in WORDS if text.startswith(w)), text[0])
            pieces.append(self.numbers.setdefault(word, len(self.numbers)))
            text = text[len(word) :]
        return {"input_ids": pieces}


@pytest.fixture(scope="module")
def tokenizer():
    return Pieces()


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=120, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, initializer_range=0.3,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


def alone(tokenizer, model, prompt):
    """Log-probabilities of the label words, without cache, batch or padding."""
    ids = torch.tensor([tokenizer(prompt)["input_ids"]])
    numbers = prompting.label_tokens(tokenizer, WORDS)
    with torch.no_grad():
        return model(ids).logits[0, -1].log_softmax(-1)[numbers]


QUESTIONS = [prompting.ask(t) for t in ("Why?", "Which lens is it?", "A dose", "Root or crown?")]


@pytest.mark.parametrize("solved", [[], ["Lens?", "Gum?"]])
def test_shared_prefix_equals_whole_prompts(tokenizer, model, solved):
    prefix = prompting.shots(solved, list(range(len(solved))), WORDS)
    scores = prompting.score_labels(
        tokenizer, model, QUESTIONS, words=WORDS, prefix=prefix, batch_size=3
    )
    expected = torch.stack([alone(tokenizer, model, prefix + q) for q in QUESTIONS])
    torch.testing.assert_close(scores, expected, atol=1e-5, rtol=0)


def test_the_last_column_is_not_the_last_token(tokenizer, model):
    """A wrong variant that reads the last column of a padded batch: it must differ."""
    coded = [tokenizer(q)["input_ids"] for q in QUESTIONS]
    right = prompting._last_states(model, coded, None, 0)
    padded = torch.tensor([ids + [0] * (max(map(len, coded)) - len(ids)) for ids in coded])
    with torch.no_grad():
        wrong = model.model(padded).last_hidden_state[:, -1]
    assert not torch.allclose(right, wrong, atol=1e-3)


@given(order=st.permutations(range(4)), size=st.integers(1, 5))
@settings(max_examples=10, deadline=None)
def test_order_and_batch_size_change_nothing(tokenizer, model, order, size):
    plain = prompting.score_labels(tokenizer, model, QUESTIONS, words=WORDS)
    turned = prompting.score_labels(
        tokenizer, model, [QUESTIONS[i] for i in order], words=WORDS, batch_size=size
    )
    torch.testing.assert_close(turned, plain[order], atol=1e-5, rtol=0)


def test_a_prefix_is_not_changed_by_use(tokenizer, model):
    prefix = prompting.shots(["Lens?"], [0], WORDS)
    once, twice = (
        prompting.score_labels(
            tokenizer, model, QUESTIONS, words=WORDS, prefix=prefix, batch_size=2
        )
        for _ in range(2)
    )
    assert torch.equal(once, twice)


def test_words_must_be_single_and_different(tokenizer):
    for bad in ([" eyes", " lens"], [" eyes", " eyes"], [" eyes", ""]):
        with pytest.raises(ValueError, match="one token each"):
            prompting.label_tokens(tokenizer, bad)


def test_there_must_be_a_question(tokenizer, model):
    with pytest.raises(ValueError, match="questions is empty"):
        prompting.score_labels(tokenizer, model, [], words=WORDS)
