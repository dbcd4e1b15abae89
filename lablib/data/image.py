"""Pictures with one class each: what `load` returns for an image card, and how they are cut.

The packaged selection is a table of pixels. The published MNIST files have the IDX format: four
bytes that name type and number of axes, the length of each axis, then the values (LeCun et al.
1998). Whoever has them in a folder gets all 70,000 pictures and the published test part.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lablib.data.catalogue import Card
from lablib.data.errors import DataError
from lablib.data.splitting import Splits, stratified_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

# Contents of the published files of each image card, unpacked: part -> (name, sha256) of
# pictures and labels.
IDX: Mapping[str, Mapping[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "mnist": {
        "train": (
            (
                "train-images-idx3-ubyte",
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            ),
            (
                "train-labels-idx1-ubyte",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            ),
        ),
        "test": (
            (
                "t10k-images-idx3-ubyte",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            ),
            (
                "t10k-labels-idx1-ubyte",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
        ),
    }
}


@dataclass(frozen=True, eq=False, repr=False)
class ImageData:
    """N pictures of one data set, each with its class.

    Attributes
    ----------
    name : name of the card, or of the hub's repository.
    images : float32 (N, C, H, W), 0 to 1; C is 1 for grey pictures.
    target : integers (N,), 0 to K-1: positions in `classes`.
    classes : K names of classes.
    published_test : booleans (N,), True for pictures of the published test part, or None when the
        data have no published parts.
    card : the card the pictures came from, or None.
    """

    name: str
    images: NDArray[np.float32]
    target: NDArray[np.int64]
    classes: tuple[str, ...]
    published_test: NDArray[np.bool_] | None = None
    card: Card | None = None

    def __len__(self) -> int:
        return len(self.target)

    def __repr__(self) -> str:
        size = " x ".join(map(str, self.images.shape[1:]))
        return f"ImageData({self.name}: {len(self):,} images {size}, {len(self.classes)} classes)"

    @property
    def sources(self) -> dict[str, str]:
        """What was read, for a record: name of card or file to the sha256 of its content.

        The published files carry the hashes that they were held to when they were read.
        """
        if self.published_test is not None and self.name in IDX:
            pairs = [pair for files in IDX[self.name].values() for pair in files]
            return {f"{self.name}/{name}": sha256 for name, sha256 in pairs}
        return {self.name: self.card.file_sha256 if self.card else ""}

    def take(self, rows: ArrayLike) -> ImageData:
        """The pictures at these positions (0 to N-1), in this order."""
        import numpy as np

        positions = np.asarray(rows, dtype=np.int64)
        return replace(
            self,
            images=self.images[positions],
            target=self.target[positions],
            published_test=None if self.published_test is None else self.published_test[positions],
        )

    def split(self, *, seed: int, sizes: Sequence[float] = (0.6, 0.2, 0.2)) -> Splits[ImageData]:
        """Cut into training, validation and test parts, at random within each class.

        Parameters
        ----------
        seed : whole number, 0 or more; the same seed gives the same parts on every machine.
        sizes : shares of the three parts; positive, summing to 1.

        Raises
        ------
        ValueError
            An argument is invalid, or a class has too few pictures to be in every part.
        """
        rows = stratified_rows(self.target, seed=seed, sizes=sizes, name="class")
        train, validation, test = (self.take(part) for part in rows)
        return Splits(train=train, validation=validation, test=test)

    def train_test(self, *, seed: int, test: float = 0.2) -> tuple[ImageData, ImageData]:
        """Two parts: the published ones where the data have them, else drawn within each class.

        Parameters
        ----------
        seed : whole number, 0 or more; orders and draws the pictures. The published test part
            holds the same pictures for every seed.
        test : share of the test part when it is drawn, above 0 and below 1.

        Raises
        ------
        ValueError
            An argument is invalid, or a class has too few pictures.
        """
        train, held = self.train_test_rows(seed=seed, test=test)
        return self.take(train), self.take(held)

    def train_test_rows(
        self, *, seed: int, test: float = 0.2
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Positions of the pictures of `train_test`, for those who keep features beside them.

        Parameters
        ----------
        seed, test : as for `train_test`.
        """
        import numpy as np

        if not 0 < test < 1:
            raise ValueError(f"test={test!r} must be above 0 and below 1, such as 0.2.")
        # The first two of three parts together train, so that one drawing rule serves all.
        sizes = ((1 - test) / 2, (1 - test) / 2, test)
        rows = stratified_rows(self.target, seed=seed, sizes=sizes, name="class")
        order = np.concatenate(rows)
        is_test = np.isin(order, rows[2])
        if self.published_test is not None:
            is_test = self.published_test[order]
        return order[~is_test], order[is_test]


def read_image(card: Card, files: Mapping[str, bytes]) -> ImageData:
    """Read the verified files of an image card: one packed table, pixels and then the class.

    Raises
    ------
    DataError
        The file does not hold what the card describes.
    """
    import numpy as np
    import pandas as pd

    (content,) = files.values()
    try:
        table = pd.read_csv(io.BytesIO(gzip.decompress(content)), header=None, dtype="uint8")
    except (ValueError, OSError, EOFError) as error:
        raise DataError(f"{card.name}: the file is not as the card describes: {error}") from error
    values = table.to_numpy()
    side = math.isqrt(values.shape[1] - 1)
    target = values[:, -1].astype(np.int64)
    if (
        len(values) != card.rows
        or side * side != values.shape[1] - 1
        or int(target.max()) >= len(card.classes)
    ):
        raise DataError(
            f"{card.name}: read {len(values)} lines of {values.shape[1]} values, expected "
            f"{card.rows} square pictures with one of {len(card.classes)} classes each; the card "
            "and its reader disagree, please report it."
        )
    images = _scaled(values[:, :-1].reshape(-1, 1, side, side))
    return ImageData(card.name, images, target, card.classes, card=card)


def holds_idx(card: Card, folder: Path) -> bool:
    """Whether the folder has a file of the card's published IDX files, packed or not."""
    names = [name for pair in IDX.get(card.name, {}).values() for name, _ in pair]
    return any(_place(folder, name) is not None for name in names)


def read_idx(card: Card, folder: Path) -> ImageData:
    """All pictures of the published IDX files in a folder, training pictures first.

    Raises
    ------
    DataError
        A file is missing, or its unpacked content has another hash.
    """
    import numpy as np

    parts = IDX[card.name]
    found = {part: [_unpacked(card, folder, *file) for file in parts[part]] for part in parts}
    images, labels = (
        np.concatenate([parse_idx(files[place]) for files in found.values()]) for place in (0, 1)
    )
    counts = [len(parse_idx(files[1])) for files in found.values()]
    return ImageData(
        card.name,
        _scaled(images[:, None]),
        labels.astype(np.int64),
        card.classes,
        published_test=np.repeat([part == "test" for part in parts], counts),
        card=card,
    )


def parse_idx(content: bytes) -> NDArray[np.uint8]:
    """The array in an unpacked IDX file of bytes; its shape is in the file.

    Raises
    ------
    DataError
        The content is no IDX file of unsigned bytes, or is shorter or longer than it says.

    Examples
    --------
    >>> parse_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9])).tolist()
    [7, 8, 9]
    """
    import numpy as np

    axes = content[3] if len(content) >= 4 and content[:3] == b"\x00\x00\x08" else 0
    start = 4 + 4 * axes
    if not axes or len(content) < start:
        raise DataError("the content is not an IDX file of unsigned bytes; give the original file.")
    shape = struct.unpack(f">{axes}I", content[4:start])
    if len(content) - start != math.prod(shape):
        raise DataError(
            f"an IDX file says that it holds {' x '.join(map(str, shape))} values, but has "
            f"{len(content) - start}; it is truncated, get it again."
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def _place(folder: Path, name: str) -> Path | None:
    found = (folder / end for end in (f"{name}.gz", name))
    return next((path for path in found if path.is_file()), None)


def _unpacked(card: Card, folder: Path, name: str, expected: str) -> bytes:
    path = _place(folder, name)
    if path is None:
        raise DataError(f"{card.name}: folder {folder} has no {name}.gz; put it beside the others.")
    content = path.read_bytes()
    try:
        content = gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError) as error:
        raise DataError(f"{card.name}: {path} cannot be unpacked: {error}") from error
    if (digest := hashlib.sha256(content).hexdigest()) != expected:
        raise DataError(
            f"{card.name}: {path} holds content with sha256 {digest}, expected {expected}; it is "
            "another data set or was changed, restore the original."
        )
    return content


def _scaled(values: NDArray[Any]) -> NDArray[np.float32]:
    import numpy as np

    return values.astype(np.float32) / np.float32(255)
