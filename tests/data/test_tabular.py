import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.data import Splits, TabularData, card
from lablib.data.splitting import allocate

SIZES = (0.6, 0.2, 0.2)


def table(target) -> TabularData:
    """Rows that carry their own position, so that a split can be followed."""
    n = len(target)
    classes = pd.Categorical(["a", "b", "c"] * n, categories=["a", "b", "c"])[:n]
    return TabularData(
        name="toy",
        features=pd.DataFrame({"row": np.arange(n), "group": classes}),
        target=pd.Series(target, name="y", dtype="int64"),
        sensitive=pd.DataFrame({"position": np.arange(n)}),
        scores=pd.DataFrame(index=range(n)),
        card=card("german-credit"),
    )


def parts(splits: Splits) -> list[TabularData]:
    return [splits.train, splits.validation, splits.test]


def assert_valid(data: TabularData, splits: Splits, sizes=SIZES) -> None:
    """Exhaustive, disjoint, stratified, and rows still belong together."""
    rows = np.concatenate([part.features["row"] for part in parts(splits)])
    assert sorted(rows) == list(range(len(data)))
    for part, size in zip(parts(splits), sizes, strict=True):
        for label, n in data.target.value_counts().items():
            assert abs((part.target == label).sum() - size * n) < 1 + 1e-9
        assert (part.features["row"] == part.sensitive["position"]).all()
        assert (data.target.to_numpy()[part.features["row"]] == part.target).all()


def test_a_split_of_ten_rows_by_hand():
    """Five rows of each class at 60/20/20: 3, 1 and 1 of each class."""
    splits = table([0, 1] * 5).split(seed=0)
    assert [len(part) for part in parts(splits)] == [6, 2, 2]
    assert [int(part.target.sum()) for part in parts(splits)] == [3, 1, 1]


@pytest.mark.parametrize(
    ("n", "shares", "expected"),
    [
        (5, (0.6, 0.2, 0.2), [3, 1, 1]),
        (6, (0.6, 0.2, 0.2), [4, 1, 1]),  # 3.6, 1.2, 1.2: the spare row goes to the 0.6
        (7, (0.6, 0.2, 0.2), [4, 2, 1]),  # 4.2, 1.4, 1.4: a tie goes to the earlier part
        (100, (0.29, 0.31, 0.40), [29, 31, 40]),  # 0.29 * 100 is a hair below 29 in floats
    ],
)
def test_counts_by_largest_remainder_by_hand(n, shares, expected):
    assert allocate(n, shares) == expected


def test_the_same_seed_gives_these_rows_on_every_machine():
    splits = table([0, 1] * 5).split(seed=7)
    assert [list(part.features["row"]) for part in parts(splits)] == [
        [3, 8, 1, 4, 0, 9],
        [2, 7],
        [6, 5],
    ]


@settings(max_examples=50, deadline=None)
@given(
    target=st.lists(st.integers(0, 1), min_size=2, max_size=120),
    seed=st.integers(0, 2**32),
    shares=st.tuples(*[st.integers(1, 9)] * 3),
)
def test_every_split_is_valid(target, seed, shares):
    data = table([0] * 20 + [1] * 20 + target)
    sizes = tuple(share / sum(shares) for share in shares)
    splits = data.split(seed=seed, sizes=sizes)
    assert_valid(data, splits, sizes)
    again = data.split(seed=seed, sizes=sizes)
    for one, other in zip(parts(splits), parts(again), strict=True):
        pd.testing.assert_frame_equal(one.features, other.features)


def test_other_seeds_give_other_parts():
    data = table([0, 1] * 50)
    tests = {tuple(sorted(data.split(seed=s).test.features["row"])) for s in range(20)}
    assert len(tests) == 20


def overlapping(data: TabularData) -> Splits:
    splits = data.split(seed=0)
    return Splits(splits.train, splits.validation, splits.validation)


def unstratified(data: TabularData) -> Splits:
    order = np.argsort(data.target.to_numpy(), kind="stable")
    a, b, c = np.split(order, [60, 80])
    return Splits(data.take(a), data.take(b), data.take(c))


def torn(data: TabularData) -> Splits:
    splits = data.split(seed=0)
    shuffled = splits.train.target.sample(frac=1, random_state=0).reset_index(drop=True)
    broken = TabularData(**{**vars(splits.train), "target": shuffled})
    return Splits(broken, splits.validation, splits.test)


@pytest.mark.parametrize("wrong", [overlapping, unstratified, torn])
def test_wrong_splits_are_caught_by_the_check(wrong):
    data = table([0, 1] * 50)
    assert_valid(data, data.split(seed=0))
    with pytest.raises(AssertionError):
        assert_valid(data, wrong(data))


@pytest.mark.parametrize("seed", [-1, 1.5, None, "0", True])
def test_an_invalid_seed_is_refused(seed):
    with pytest.raises(ValueError, match="must be a whole number, 0 or more; try seed=0") as caught:
        table([0, 1] * 5).split(seed=seed)
    assert f"seed={seed!r}" in str(caught.value)


def test_a_numpy_integer_is_a_seed():
    data = table([0, 1] * 5)
    one, other = data.split(seed=np.int64(3)), data.split(seed=3)
    pd.testing.assert_frame_equal(one.train.features, other.train.features)


@pytest.mark.parametrize(
    "sizes", [(0.8, 0.2), (0.8, 0.2, 0.0), (0.6, 0.3, 0.3), (1.2, -0.1, -0.1), (), "abc", 0.8, None]
)
def test_invalid_sizes_are_refused(sizes):
    with pytest.raises(ValueError, match="must be three positive shares that sum to 1") as caught:
        table([0, 1] * 5).split(seed=0, sizes=sizes)
    assert f"sizes={sizes!r}" in str(caught.value)


def test_nan_is_no_share():
    with pytest.raises(ValueError, match="three positive shares"):
        table([0, 1] * 5).split(seed=0, sizes=(0.6, 0.4, float("nan")))


def test_a_class_too_small_for_every_part_is_refused():
    with pytest.raises(
        ValueError, match=r"leaves a part without rows of y = 1 \(2 rows\); use lar"
    ):
        table([0] * 50 + [1] * 2).split(seed=0)


def test_take_keeps_the_order_and_renumbers():
    taken = table([0, 1, 1, 0]).take([3, 1])
    assert list(taken.features["row"]) == [3, 1]
    assert list(taken.target) == [0, 1]
    assert list(taken.features.index) == [0, 1]


def test_encoded_has_the_same_columns_in_every_part():
    data = table([0, 1] * 5)
    only_a = data.take([0, 3])
    assert list(only_a.encoded()) == ["row", "group=a", "group=b", "group=c"]
    assert only_a.encoded().to_numpy().tolist() == [[0, 1, 0, 0], [3, 1, 0, 0]]
    assert set(data.encoded().dtypes) == {np.dtype("float64")}


def test_repr_names_rows_features_and_share():
    assert repr(table([0, 1, 0, 0])) == "TabularData(toy: 4 rows, 2 features, 25.0 % with y = 1)"


def test_nothing_can_be_reassigned():
    with pytest.raises(AttributeError):
        table([0, 1]).target = None
