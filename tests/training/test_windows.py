import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.training.windows import token_windows


@settings(max_examples=50, deadline=None)
@given(length=st.integers(2, 60), context=st.integers(1, 20))
def test_each_token_is_a_target_once_but_for_a_short_end(length: int, context: int) -> None:
    if length <= context:
        return
    windows = token_windows(torch.arange(length), context=context)
    targets = windows[:, 1:].flatten().tolist()
    assert targets == list(range(1, len(targets) + 1))
    assert 0 <= length - 1 - len(targets) < context


def test_with_stride_one_there_is_a_window_for_each_start_and_no_copy() -> None:
    tokens = torch.arange(10)
    windows = token_windows(tokens, context=4, stride=1)
    assert windows[:, 0].tolist() == list(range(6))
    assert windows.data_ptr() == tokens.data_ptr()


@pytest.mark.parametrize(
    ("length", "options", "words"),
    [
        (4, {"context": 4}, r"\(4,\).*more than context=4"),
        (9, {"context": 0}, "context=0 and stride=None must be at least 1"),
        (9, {"context": 2, "stride": 0}, "stride=0 must be at least 1"),
    ],
)
def test_what_fills_no_window_is_named(length: int, options: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        token_windows(torch.arange(length), **options)


def test_a_table_of_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(2, 9\): it must be one row"):
        token_windows(torch.zeros(2, 9), context=3)
