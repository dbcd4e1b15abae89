import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from lablib.language_models.scratch import speed
from lablib.language_models.scratch.decoder_training import Config
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


def test_each_block_of_steps_is_timed_and_the_first_left_out(monkeypatch):
    clock = iter(range(100, 200))
    monkeypatch.setattr(speed, "_now", lambda device: float(next(clock)) ** 2)
    model = Decoder(20, context=8, width=8, heads=2, layers=1, seed=0)
    config = Config(context=8, batch_size=2, warmup_steps=1)
    tokens = torch.arange(200) % 20
    seconds = speed.seconds_per_step(model, tokens, config, block=3, blocks=5)
    # Read at the starts of six blocks and at the end: 100^2, 101^2, ...; 100 to 101 warms up.
    assert seconds == [((at + 1) ** 2 - at**2) / 3 for at in range(101, 106)]


@pytest.mark.parametrize("numbers", [{"block": 0}, {"block": 2, "blocks": 0}])
def test_blocks_must_hold_something(numbers):
    model = Decoder(20, context=8, width=8, heads=2, layers=1, seed=0)
    with pytest.raises(ValueError, match="at least 1"):
        speed.seconds_per_step(model, torch.arange(50) % 20, Config(), **numbers)
