import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from lablib.language_models import speed
from lablib.models.decoder import Decoder


def test_operations_by_hand():
    model = Decoder(10, context=4, width=8, heads=2, layers=1)
    # embedding as output layer 10*8, query-key-value 8*24, out 8*8, feed-forward 2*8*32
    weights = 80 + 192 + 64 + 512
    assert speed.operations_per_token(model, context=4) == 6 * weights + 12 * 4 * 8


def test_operations_agree_with_torchs_counter():
    model = Decoder(50, context=32, width=24, heads=2, layers=2)
    tokens = torch.zeros(3, 32, dtype=torch.int64)
    # The counter knows the products of attention only where they are written out.
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        model(tokens).sum().backward()
    mine = speed.operations_per_token(model, context=32) * tokens.numel()
    assert counter.get_total_flops() == pytest.approx(mine, rel=1e-9)


def test_the_ceiling_is_positive_and_finite():
    found = speed.product_ceiling(torch.device("cpu"), "fp32", size=64)
    assert 1e6 < found < 1e15
