import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.training.schedule import learning_rate


def rates(total: int, **options: object) -> list[float]:
    return [learning_rate(s, peak=0.8, total_steps=total, **options) for s in range(total)]  # type: ignore[arg-type]


def test_cosine_with_warm_up_by_hand() -> None:
    # Up in quarters over 4 steps, then 0.8 * (1 + cos(pi * k / 4)) / 2 for k = 0..3.
    half = 2**0.5 / 2
    expected = [0.2, 0.4, 0.6, 0.8, 0.8, 0.4 * (1 + half), 0.4, 0.4 * (1 - half)]
    assert rates(8, warmup_steps=4, schedule="cosine") == pytest.approx(expected, rel=1e-12)


def test_constant_by_hand() -> None:
    assert rates(4, warmup_steps=2, schedule="constant") == [0.4, 0.8, 0.8, 0.8]
    assert rates(2, schedule="constant") == [0.8, 0.8]


def test_cosine_is_torchs_cosine() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.8)
    reference = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    for ours in rates(20, schedule="cosine"):
        assert ours == pytest.approx(reference.get_last_lr()[0], rel=1e-9)
        optimizer.step()
        reference.step()


@given(total=st.integers(1, 60), warmup=st.integers(0, 70), cosine=st.booleans())
@settings(max_examples=50, deadline=None)
def test_rates_are_positive_and_rise_before_they_fall(
    total: int, warmup: int, cosine: bool
) -> None:
    values = rates(total, warmup_steps=warmup, schedule="cosine" if cosine else "constant")
    top = values.index(max(values))
    assert all(0 < value <= 0.8 + 1e-12 for value in values)
    assert values[: top + 1] == sorted(values[: top + 1])
    assert values[top:] == sorted(values[top:], reverse=True)
