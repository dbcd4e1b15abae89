import pytest
import torch
from transformers import BertConfig, BertModel

from lablib.models.sentence_classifier import (
    Encoding,
    SentenceClassifier,
    call,
    lower,
    sentence_vectors,
    upper_classifier,
)

DEPTH = 3


@pytest.fixture
def backbone():
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=50,
        hidden_size=12,
        num_hidden_layers=DEPTH,
        num_attention_heads=3,
        intermediate_size=20,
        max_position_embeddings=10,
    )
    return BertModel(config).eval()


@pytest.fixture
def batch():
    torch.manual_seed(1)
    lengths = torch.tensor([7, 2, 4, 7, 1])
    mask = (torch.arange(7) < lengths[:, None]).long()
    return torch.randint(1, 50, (5, 7)) * mask, mask


@pytest.mark.parametrize("blocks", range(DEPTH + 1))
def test_cached_lower_blocks_change_nothing(backbone, batch, blocks):
    whole = upper_classifier(backbone, classes=2, blocks=DEPTH, seed=3).eval()
    upper = upper_classifier(backbone, classes=2, blocks=blocks, seed=3).eval()
    texts = lower(backbone, *batch, blocks=blocks, batch_size=2)
    expected = call(whole, *batch).logits
    assert torch.allclose(call(upper, texts.inputs, texts.mask).logits, expected, atol=1e-6)
    by_hand = backbone(*batch).last_hidden_state * batch[1][..., None]
    by_hand = by_hand.sum(1) / batch[1].sum(1, keepdim=True)
    assert torch.allclose(sentence_vectors(upper, texts, batch_size=2), by_hand, atol=1e-6)
    assert len(texts) == 5


def test_gradients_of_the_upper_blocks_are_those_of_the_whole(backbone, batch):
    labels = torch.tensor([0, 1, 1, 0, 1])
    gradients = []
    for blocks in (1, DEPTH):
        model = upper_classifier(backbone, classes=2, blocks=blocks, seed=0).eval()
        texts = lower(backbone, *batch, blocks=blocks)
        call(model, texts.inputs, texts.mask, labels=labels).loss.backward()
        gradients.append(model.bert.encoder.layer[-1].output.dense.weight.grad)
    assert torch.allclose(*gradients, atol=1e-6)
    assert gradients[0].abs().max() > 0


def test_padding_is_not_averaged(backbone, batch):
    model = upper_classifier(backbone, classes=2, blocks=DEPTH, seed=0).eval()
    ids, mask = batch
    short = call(model, ids[1:2, :2], mask[1:2, :2]).logits
    assert torch.allclose(call(model, ids, mask).logits[1:2], short, atol=1e-6)


def test_the_backbone_stays_as_it_is(backbone, batch):
    before = {name: value.clone() for name, value in backbone.state_dict().items()}
    model = upper_classifier(backbone, classes=2, blocks=2, dropout=0.5, seed=0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    assert all(torch.equal(value, before[name]) for name, value in backbone.state_dict().items())
    assert all(parameter.requires_grad for parameter in backbone.parameters())
    assert len(backbone.encoder.layer) == backbone.config.num_hidden_layers == DEPTH
    assert {m.p for m in model.modules() if isinstance(m, torch.nn.Dropout)} == {0.5}


def test_the_dense_layer_starts_as_the_tanh_of_the_mean(backbone, batch):
    texts = lower(backbone, *batch, blocks=0)
    assert texts.inputs.shape == (5, 1, 12)
    model = upper_classifier(backbone, classes=2, blocks=0, dense=True, seed=0).eval()
    expected = model.classifier(texts.inputs[:, 0].tanh())
    assert torch.allclose(call(model, texts.inputs, texts.mask).logits, expected, atol=1e-6)


def test_the_seed_decides_the_head_alone(backbone):
    def first(seed):
        return upper_classifier(backbone, classes=2, blocks=1, seed=seed).classifier.weight

    assert torch.equal(first(4), first(4))
    assert not torch.equal(first(4), first(5))


@pytest.mark.parametrize("blocks", [-1, DEPTH + 1])
def test_blocks_out_of_range(backbone, blocks):
    with pytest.raises(ValueError, match=f"blocks={blocks} must lie between 0 and the {DEPTH}"):
        upper_classifier(backbone, classes=2, blocks=blocks)


def test_other_architectures_are_refused(backbone):
    backbone.config.model_type = "gpt2"
    with pytest.raises(ValueError, match="'gpt2' and must be 'bert'"):
        lower(backbone, torch.ones(1, 2).long(), torch.ones(1, 2).long(), blocks=1)


def test_shapes(backbone):
    model = upper_classifier(backbone, classes=4, blocks=1, seed=0)
    assert isinstance(model, SentenceClassifier)
    texts = Encoding(torch.zeros(2, 3, 12), torch.ones(2, 3).long())
    assert call(model, texts.inputs, texts.mask).logits.shape == (2, 4)
