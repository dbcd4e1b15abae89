import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.data.splitting import stratified_rows


@settings(max_examples=50, deadline=None)
@given(
    classes=st.integers(1, 3),
    group_sizes=st.lists(st.integers(1, 6), min_size=40, max_size=80),
    seed=st.integers(0, 1000),
)
def test_every_row_is_in_one_part_and_no_group_is_cut(classes, group_sizes, seed):
    groups = np.repeat(np.arange(len(group_sizes)), group_sizes)
    target = np.random.default_rng(seed).integers(0, classes, len(groups))
    target[: 5 * classes] = np.repeat(np.arange(classes), 5)
    parts = stratified_rows(target, seed=seed, groups=groups)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(groups)))
    held = [set(groups[part].tolist()) for part in parts]
    assert sum(map(len, held)) == len(group_sizes)
    for part, share in zip(parts, (0.6, 0.2, 0.2), strict=True):
        assert abs(len(part) - share * len(groups)) <= 6 + classes


def test_groups_of_one_row_leave_the_plain_split_unchanged():
    target = [0, 1, 1] * 20
    plain = stratified_rows(target, seed=4)
    grouped = stratified_rows(target, seed=4, groups=np.arange(60))
    assert [len(a) for a in plain] == [len(a) for a in grouped]


def test_copies_do_not_gather_in_one_part():
    """A part of single rows only would be another population than the rest."""
    groups = np.r_[np.repeat(np.arange(100), 2), np.arange(100, 300)]
    parts = stratified_rows(np.zeros(400, dtype=int), seed=0, groups=groups)
    for part, size in zip(parts, (240, 80, 80), strict=True):
        assert len(part) == size
        assert np.mean(part < 200) == pytest.approx(0.5, abs=0.01)


def test_a_group_that_leaves_a_part_empty_is_refused():
    with pytest.raises(ValueError, match="groups leave a part without rows: a group is too large"):
        stratified_rows([0] * 10, seed=0, groups=[1] * 9 + [2])


def test_groups_of_the_wrong_length_are_refused():
    with pytest.raises(ValueError, match=r"groups has shape \(3,\); it must have one label a row"):
        stratified_rows([0] * 10, seed=0, groups=[1, 2, 3])
