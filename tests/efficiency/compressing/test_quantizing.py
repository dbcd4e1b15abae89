import copy
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.efficiency.compressing import integer, quantizing
from lablib.models.mlp import MLP


def torchs(weight, scale):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        zeros = torch.zeros(len(weight), dtype=torch.int64)
        return torch.quantize_per_channel(weight, scale.double(), zeros, 0, torch.qint8)


def test_codes_of_a_row_are_those_of_torch():
    weight = torch.randn(20, 30, generator=torch.Generator().manual_seed(0))
    ours = quantizing.quantize(weight)
    theirs = torchs(weight, ours.scale[:, 0])
    assert torch.equal(ours.codes, theirs.int_repr())
    assert torch.allclose(quantizing.dequantize(ours), theirs.dequantize(), atol=1e-7)


def test_a_case_by_hand():
    found = quantizing.quantize(torch.tensor([[0.7, -0.32, 7.0, 0.4]]), bits=4, group=2)
    assert found.codes.tolist() == [[7, -3, 7, 0]]
    assert found.scale.tolist() == [pytest.approx([0.1, 1.0])]
    zeros = quantizing.quantize(torch.zeros(1, 4))
    assert zeros.codes.tolist() == [[0, 0, 0, 0]]
    assert zeros.scale.tolist() == [[1.0]]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 8), st.sampled_from([None, 1, 3, 6, 12]))
def test_no_weight_moves_by_more_than_half_a_step(seed, bits, group):
    weight = torch.randn(4, 12, generator=torch.Generator().manual_seed(seed))
    found = quantizing.quantize(weight, bits=bits, group=group)
    error = (quantizing.dequantize(found) - weight).abs()
    steps = found.scale.repeat_interleave(12 // found.scale.shape[1], dim=1)
    assert (error <= steps / 2 * (1 + 1e-5)).all()
    top = 2 ** (bits - 1) - 1
    assert int(found.codes.abs().max()) == top


def test_finer_groups_are_nearer():
    weight = torch.randn(8, 64) * torch.logspace(-2, 1, 64)
    errors = [
        (quantizing.dequantize(quantizing.quantize(weight, bits=4, group=g)) - weight).norm()
        for g in (None, 16, 4)
    ]
    assert errors[0] > errors[1] > errors[2]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(-8, 7), min_size=2, max_size=40).filter(lambda x: len(x) % 2 == 0))
def test_packing_two_codes_a_byte_can_be_undone(codes):
    tensor = torch.tensor(codes, dtype=torch.int8)
    packed = quantizing.pack_int4(tensor)
    assert packed.numel() == len(codes) // 2
    assert quantizing.unpack_int4(packed).tolist() == codes


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quantizing.quantize(torch.ones(2, 6), bits=1), "bits=1"),
        (lambda: quantizing.quantize(torch.ones(2, 6), bits=9), "bits=9"),
        (lambda: quantizing.quantize(torch.ones(2, 6), group=4), "group=4 must divide"),
        (lambda: quantizing.pack_int4(torch.ones(3, dtype=torch.int8)), "whole bytes"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_training_with_rounding_has_slopes_and_leaves_codes():
    model = MLP(6, hidden=(8,), out_features=2, seed=0)
    before = copy.deepcopy(model)
    with quantizing.rounding_while_training(model, bits=2):
        model(torch.rand(5, 6)).square().sum().backward()
        slopes = [p.grad for p in model.parameters()]
        assert all(g is not None and g.abs().sum() > 0 for g in slopes)
    expected = quantizing.rounded(before, bits=2)
    assert torch.allclose(model.layers[0].weight, expected.layers[0].weight)
    assert len(model.layers[0].weight[0].unique()) <= 3


def test_integer_kernels_answer_like_torchs_own_dynamic_layer():
    if integer.engine() is None:
        pytest.skip("torch has no integer engine here")
    layer = torch.nn.Linear(32, 16)
    ours = integer.Int8Linear(layer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.ao.nn.quantized.dynamic import Linear

        theirs = Linear(32, 16)
        theirs.set_weight_bias(
            torchs(layer.weight.detach(), ours.quantized.scale[:, 0]), layer.bias
        )
    x = torch.randn(7, 32)
    assert torch.allclose(ours(x), theirs(x), atol=1e-6)
    assert 0 < (ours(x) - layer(x)).abs().max() < 0.1


def test_the_fallback_is_clear(monkeypatch):
    model = MLP(6, hidden=(8,), out_features=2, seed=0).eval()
    x = torch.rand(3, 6)
    plain = integer.dynamic_int8(model, kernels=False)
    expected = quantizing.rounded(copy.deepcopy(model), bits=8)
    assert torch.allclose(plain(x), expected(x), atol=1e-6)
    monkeypatch.setattr(integer, "engine", lambda: None)
    assert torch.allclose(integer.dynamic_int8(model)(x), plain(x))
    with pytest.raises(ValueError, match="no integer kernels"):
        integer.Int8Linear(model.layers[0])


@pytest.mark.parametrize("kernels", [True, False])
def test_an_int8_model_comes_back_from_its_state(kernels):
    if kernels and integer.engine() is None:
        pytest.skip("torch has no integer engine here")
    one, other = (
        integer.dynamic_int8(MLP(6, hidden=(8,), out_features=2, seed=seed), kernels=kernels)
        for seed in (0, 1)
    )
    x, state = torch.rand(5, 6), one.state_dict()
    assert set(state) == {
        f"layers.{n}.{part}" for n in (0, 3) for part in ("codes", "scale", "bias")
    }
    assert state["layers.0.codes"].dtype == torch.int8
    assert not torch.allclose(one(x), other(x))
    other.load_state_dict(state)
    assert torch.equal(one(x), other(x))
    assert torch.equal(other.layers[0].weight, one.layers[0].weight)
    assert torch.equal(copy.deepcopy(other)(x), one(x))
    with pytest.raises(RuntimeError, match="codes"):
        integer.dynamic_int8(MLP(7, hidden=(8,), out_features=2, seed=0)).load_state_dict(state)


def test_a_single_layer_becomes_int8_and_nothing_does_not():
    for model in (torch.nn.Linear(8, 4), torch.nn.Linear(8, 4).double()):
        small = integer.dynamic_int8(model)
        assert isinstance(small, integer.Int8Linear)
        assert small(torch.rand(2, 8)).dtype == torch.float32
    with pytest.raises(ValueError, match="no linear layer"):
        integer.dynamic_int8(torch.nn.Conv2d(1, 2, 3))


def test_a_refused_setting_leaves_the_model_as_it_was():
    model = MLP(6, hidden=(8,), out_features=2, seed=0)
    names = list(model.state_dict())
    for setting in ({"bits": 9}, {"bits": 4, "group": -3}):
        with (
            pytest.raises(ValueError, match=r"bits=9|group=-3"),
            quantizing.rounding_while_training(model, **setting),
        ):
            pass
        assert list(model.state_dict()) == names


@pytest.mark.parametrize("bits", [8, 4, 2])
def test_fake_quantising_is_torchs_forwards_and_backwards(bits):
    top = 2 ** (bits - 1) - 1
    weight, other = (
        torch.randn(12, 20, generator=torch.Generator().manual_seed(bits)).requires_grad_()
        for _ in range(2)
    )
    step = weight.detach().abs().amax(1) / top
    mixing = torch.randn(12, 20)
    ours = quantizing.fake_quantized(weight, bits=bits)
    theirs = torch.fake_quantize_per_channel_affine(other, step, torch.zeros(12), 0, -top, top)
    assert torch.allclose(ours, theirs, atol=1e-6)
    (ours * mixing).sum().backward()
    (theirs * mixing).sum().backward()
    assert torch.equal(weight.grad, other.grad)
    one = quantizing.fake_quantized(weight.reshape(1, -1), bits=bits).reshape(12, 20)
    step = float(weight.detach().abs().max()) / top
    assert torch.allclose(
        one, torch.fake_quantize_per_tensor_affine(weight, step, 0, -top, top), atol=1e-6
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([2, 4, 8]), st.sampled_from([None, 1, 4]))
def test_fake_weights_are_those_that_are_stored(seed, bits, group):
    weight = torch.randn(3, 8, generator=torch.Generator().manual_seed(seed))
    stored = quantizing.dequantize(quantizing.quantize(weight, bits=bits, group=group))
    fake = quantizing.fake_quantized(weight.requires_grad_(), bits=bits, group=group)
    assert torch.equal(fake.detach(), stored)


def test_rounding_in_the_graph_learns_nothing():
    """The wrong way: the true slope of rounding is 0, and so is the gradient."""
    weight = torch.randn(4, 6).requires_grad_()
    ((weight / 0.1).round() * 0.1).sum().backward()
    assert not weight.grad.any()
    weight.grad = None
    quantizing.fake_quantized(weight, bits=4).sum().backward()
    assert torch.equal(weight.grad, torch.ones(4, 6))
