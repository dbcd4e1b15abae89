import pytest
import torch
from torch import nn

from lablib.efficiency import timing


def test_ratios_are_of_one_run_and_the_baseline_is_one():
    models = {"one": nn.Linear(64, 64), "two": nn.Linear(64, 64)}
    before = torch.get_num_threads()
    found = timing.compare_speed(models, torch.rand(4, 64), baseline="one", rounds=7, calls=5)
    assert torch.get_num_threads() == before
    assert found["one"].speed_up == 1
    assert (found["one"].interval.low, found["one"].interval.high) == (1, 1)
    two = found["two"]
    assert two.interval.low <= two.speed_up <= two.interval.high
    assert two.seconds > 0
    assert two.joules == pytest.approx(two.seconds * 10)


def test_speed_up_is_baseline_by_model():
    found = timing._timing(torch.tensor([2.0, 2.0, 2.0]).numpy(), torch.ones(3).numpy() * 4)
    assert (found.seconds, found.speed_up) == (2.0, 4.0)


def test_multiplications_do_not_know_zeros():
    layer = nn.Linear(8, 4)
    before = timing.multiplications(layer)
    nn.init.zeros_(layer.weight)
    assert timing.multiplications(layer) == before == 32


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"baseline": "three"}, "is not one of one"),
        ({"rounds": 2}, "at least 6"),
        ({"calls": 0}, "calls=0"),
    ],
)
def test_what_is_refused(change, message):
    settings = {"baseline": "one", "rounds": 6, "calls": 1} | change
    with pytest.raises(ValueError, match=message):
        timing.compare_speed({"one": nn.Linear(2, 2)}, torch.rand(1, 2), **settings)
