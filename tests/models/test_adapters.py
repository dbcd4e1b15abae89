import copy
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lablib.models.adapters import (
    BottleneckLinear,
    LoRALinear,
    Share,
    add_bottlenecks,
    add_lora,
    merge_lora,
    trainable_share,
)


class Block(nn.Module):
    """The names that adapters look for, in a small network."""

    def __init__(self):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(8, 8) for _ in range(3))
        self.output = nn.ModuleDict({"dense": nn.Linear(8, 8)})
        self.classifier = nn.Linear(8, 2)

    def forward(self, x):
        mixed = self.query(x).tanh() * self.key(x).sigmoid() + self.value(x)
        return self.classifier(self.output["dense"](mixed))


@pytest.fixture
def block():
    torch.manual_seed(0)
    return Block()


def awake(layer: LoRALinear) -> LoRALinear:
    """B as after some training."""
    nn.init.normal_(layer.up.weight)
    return layer


def test_a_case_by_hand():
    base = nn.Linear(2, 2)
    layer = LoRALinear(base, rank=1, alpha=3.0)
    with torch.no_grad():
        base.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
        base.bias.copy_(torch.tensor([0.5, 0.0]))
        layer.down.weight.copy_(torch.tensor([[1.0, 2.0]]))
        layer.up.weight.copy_(torch.tensor([[1.0], [-1.0]]))
    # A x = 1 + 4 = 5; B A x = (5, -5); times alpha / r = 3.
    assert layer(torch.tensor([1.0, 2.0])).tolist() == [16.5, -13.0]
    assert layer.delta().tolist() == [[3.0, 6.0], [-3.0, -6.0]]


@settings(max_examples=30, deadline=None)
@given(
    rank=st.integers(0, 5),
    alpha=st.floats(0.5, 32),
    sizes=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    seed=st.integers(0, 1000),
)
def test_rank_and_merging(rank, alpha, sizes, seed):
    torch.manual_seed(seed)
    base = nn.Linear(*sizes).double()
    before = base.weight.detach().clone()
    layer = awake(LoRALinear(base, rank=rank, alpha=alpha)).eval()
    assert torch.linalg.matrix_rank(layer.delta(), rtol=1e-9) <= rank
    x = torch.randn(4, sizes[0], dtype=torch.float64)
    expected = layer(x)
    layer.merge()
    assert torch.allclose(layer(x), expected, rtol=1e-9, atol=1e-9)
    assert torch.linalg.matrix_rank(base.weight - before, rtol=1e-9, atol=1e-9) <= rank
    layer.unmerge()
    assert torch.allclose(base.weight, before, rtol=1e-12, atol=1e-10)


@pytest.mark.parametrize("alpha", [1.0, 16.0])
def test_equal_to_peft_on_outputs_gradients_and_merged_weights(block, alpha):
    from peft import LoraConfig, get_peft_model

    ours = add_lora(copy.deepcopy(block), rank=3, alpha=alpha)
    config = LoraConfig(
        r=3, lora_alpha=alpha, target_modules=["query", "value"], modules_to_save=["classifier"]
    )
    theirs = get_peft_model(copy.deepcopy(block), config)
    for name in ("query", "value"):
        mine, other = getattr(ours, name), theirs.get_submodule(f"base_model.model.{name}")
        awake(mine)
        with torch.no_grad():
            other.lora_A["default"].weight.copy_(mine.down.weight)
            other.lora_B["default"].weight.copy_(mine.up.weight)
    x, y = torch.randn(6, 8), torch.tensor([0, 1, 0, 1, 1, 0])
    for model in (ours, theirs):
        nn.functional.cross_entropy(model(x), y).backward()
    assert torch.allclose(ours(x), theirs(x), atol=1e-6)
    for name in ("query", "value"):
        mine, other = getattr(ours, name), theirs.get_submodule(f"base_model.model.{name}")
        for got, expected in (
            (mine.down.weight.grad, other.lora_A["default"].weight.grad),
            (mine.up.weight.grad, other.lora_B["default"].weight.grad),
            (mine.delta(), other.get_delta_weight("default")),
        ):
            assert torch.allclose(got, expected, atol=1e-6)
            assert got.abs().max() > 1e-3  # equal, and not because both are nothing
    # PEFT keeps a frozen second copy of the classifier, so only the trainable counts agree.
    assert trainable_share(ours).trainable == theirs.get_nb_trainable_parameters()[0]
    merged = merge_lora(ours.eval())
    assert torch.allclose(merged(x), theirs.eval().merge_and_unload()(x), atol=1e-5)


def test_a_merge_without_the_scale_is_noticed(block):
    model = add_lora(block, rank=4, alpha=16.0).eval()
    awake(model.query)
    x = torch.randn(5, 8)
    expected = model(x)
    right = copy.deepcopy(model)
    merge_lora(right)
    assert torch.allclose(right(x), expected, atol=1e-5)
    model.query.base.weight.data += model.query.up.weight.data @ model.query.down.weight.data
    model.query.merged = True
    assert not torch.allclose(model(x), expected, atol=1e-2)


def test_adapters_start_as_the_identity_and_rank_zero_stays_there(block):
    x = torch.randn(5, 8)
    expected = block(x)
    for adapt in (
        lambda m: add_lora(m, rank=4),
        lambda m: add_lora(m, rank=0),
        lambda m: add_bottlenecks(m, size=2),
    ):
        assert torch.equal(adapt(copy.deepcopy(block))(x), expected)
    frozen = add_lora(copy.deepcopy(block), rank=0, also_train=())
    assert trainable_share(frozen).trainable == 0


def test_training_moves_the_addition_and_nothing_else(block):
    for adapt in (lambda m: add_lora(m, rank=2), lambda m: add_bottlenecks(m, size=2)):
        model = adapt(copy.deepcopy(block))
        before = {name: p.detach().clone() for name, p in model.named_parameters()}
        optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.1)
        for _ in range(2):
            optimizer.zero_grad()
            model(torch.randn(4, 8)).square().mean().backward()
            optimizer.step()
        moved = {name for name, p in model.named_parameters() if not torch.equal(p, before[name])}
        assert moved == {name for name, p in model.named_parameters() if p.requires_grad}
        assert all(("down" in n) or ("up" in n) or ("classifier" in n) for n in moved)


def test_bottleneck_by_hand():
    layer = BottleneckLinear(nn.Linear(2, 3), size=1)
    nn.init.ones_(layer.up.weight)
    x = torch.randn(4, 2)
    y = layer.base(x)
    narrow = y @ layer.down.weight.T + layer.down.bias
    assert torch.allclose(layer(x), y + nn.functional.gelu(narrow), atol=1e-6)


def test_counting_knows_tied_parameters(block):
    block.value.weight = block.query.weight
    share = trainable_share(block)
    assert share.total == sum(p.numel() for p in {id(p): p for p in block.parameters()}.values())
    assert share.share == 1.0
    assert Share(1, 4).share == 0.25


def test_dropout_acts_on_the_update_only_while_training():
    layer = awake(LoRALinear(nn.Linear(6, 4), rank=2, dropout=0.5))
    x = torch.randn(3, 6)
    assert not torch.equal(layer(x), layer(x))
    layer.eval()
    assert torch.equal(layer(x), layer(x))


def test_rank_zero_is_silent_and_trains():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = add_lora(nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 2)), rank=0, targets=("0",))
    assert model(torch.ones(1, 3)).shape == (1, 2)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: LoRALinear(nn.Linear(2, 2), rank=-1), "rank=-1"),
        (lambda: BottleneckLinear(nn.Linear(2, 2), size=0), "size=0"),
        (lambda: add_lora(Block(), rank=1, targets=("q_proj",)), "there are: ['classifier', 'den"),
    ],
)
def test_bad_input_is_named(call, says):
    with pytest.raises(ValueError, match="must|names") as error:
        call()
    assert says in str(error.value)


def test_merging_twice_is_refused():
    layer = LoRALinear(nn.Linear(2, 2), rank=1)
    with pytest.raises(ValueError, match="not merged"):
        layer.unmerge()
    layer.merge()
    with pytest.raises(ValueError, match="merged already"):
        layer.merge()
