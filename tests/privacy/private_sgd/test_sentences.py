"""Private tuning of the packaged encoder: what is trained, and equal sums in every method."""

import pytest
import torch

from lablib.privacy.private_sgd.clipping import by_loop, trained
from lablib.privacy.private_sgd.one_pass import by_one_pass
from lablib.privacy.private_sgd.sentences import (
    METHODS,
    accuracy,
    load_sentences,
    sentence_losses,
)


@pytest.fixture(scope="module")
def sentences():
    return load_sentences(blocks=1, longest=12, count=30, tests=10)


def test_parts_and_shapes(sentences):
    inputs, mask, classes = sentences.part("lora", test=False)
    assert inputs.shape == (20, 12, 384)
    assert mask.shape == (20, 12)
    assert set(classes.tolist()) <= {0, 1}
    vectors, _, same = sentences.part("head", test=False)
    assert vectors.shape == (20, 1, 384)
    assert torch.equal(same, classes)
    assert len(sentences.part("full", test=True)[2]) == 10
    mean = (inputs * mask[..., None]).sum(1)  # of what lies below the last block: not the vector
    assert not torch.allclose(mean / mask.sum(1, keepdim=True), vectors[:, 0])


@pytest.mark.parametrize("method", METHODS)
def test_one_pass_equals_the_loop(sentences, method):
    model = sentences.classifier(method, rank=2, seed=0).train()
    batch = tuple(part[:4] for part in sentences.part(method, test=False))
    expected = by_loop(model, batch, sentence_losses, max_grad_norm=0.5)
    found = by_one_pass(model, batch, sentence_losses, max_grad_norm=0.5)
    assert torch.allclose(found.norms, expected.norms, rtol=1e-4)
    for name, value in found.total.items():
        assert torch.allclose(value, expected.total[name], atol=1e-5), name


def test_each_method_trains_what_it_says(sentences):
    def names(method):
        return set(trained(sentences.classifier(method, rank=2, seed=0)))

    assert names("head") == {"classifier.weight", "classifier.bias"}
    lora = names("lora") - names("head")
    assert lora
    assert all(".down." in name or ".up." in name for name in lora)
    assert not any("embeddings" in name for name in names("full"))


def test_accuracy_by_hand(sentences):
    model = sentences.classifier("head", rank=2, seed=0)
    inputs, mask, classes = sentences.part("head", test=True)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.copy_(torch.tensor([0.0, 1.0]))
    found = accuracy(model, (inputs, mask, classes))
    assert found == pytest.approx(classes.double().mean().item())


def test_nothing_left_to_train_on_is_an_error():
    with pytest.raises(ValueError, match="leaves nothing to train on"):
        load_sentences(blocks=1, longest=12, count=5, tests=5)
