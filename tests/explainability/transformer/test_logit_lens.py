import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.explainability.transformer.logit_lens import lens, settles
from lablib.explainability.transformer.states import readout, states_and_logits
from lablib.models.decoder import Decoder


def test_the_lens_at_the_last_layer_is_the_model_and_without_the_norm_is_not():
    model = Decoder(9, context=8, width=16, heads=4, layers=2, seed=1).eval()
    with torch.no_grad():
        model.norm.weight.copy_(torch.linspace(0.5, 2, 16))
    states, logits = states_and_logits(model, torch.tensor([[1, 2, 3]]))
    norm, unembedding = readout(model)
    assert torch.equal(lens(states[:, :, -1], norm, unembedding)[-1], logits[:, -1])
    assert (lens(states[:, :, -1], None, unembedding)[-1] - logits[:, -1]).abs().max() > 0.1
    twice = lens(norm(states[-1:, :, -1]), norm, unembedding)[0]
    assert (twice - logits[:, -1]).abs().max() > 0.05  # the wrong variant: normed once too often


def test_settling_by_hand():
    right = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [1, 1, 0, 1]], dtype=bool)
    assert settles(right).tolist() == [2, 1, 3, 0]


@given(st.integers(0, 2**16), st.integers(1, 8))
@settings(max_examples=40, deadline=None)
def test_settling_never_comes_later_when_a_layer_becomes_right(bits, layers):
    right = np.array([[bool(bits >> row & 1)] for row in range(layers)])
    before = settles(right)[0]
    assert 0 <= before <= layers
    assert right[before:].all()
    assert before == 0 or not right[before - 1]
    for row in range(layers):
        better = right.copy()
        better[row] = True
        assert settles(better)[0] <= before
