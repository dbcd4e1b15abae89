"""Data sets of a public hub, through the `datasets` library, for those who are online and have it.

Nothing here is verified against a card: pin `revision` and read the data set's own page first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lablib.data.errors import DataError
from lablib.data.image import ImageData
from lablib.data.splitting import Splits
from lablib.data.tagged import TaggedData
from lablib.data.text import TextData

_PARTS = {"train": ("train",), "validation": ("validation", "valid", "dev"), "test": ("test",)}


def load_hub(
    repository: str,
    *,
    text: str,
    label: str,
    kind: str = "text",
    part: str | None = None,
    config: str | None = None,
    revision: str | None = None,
) -> TextData | TaggedData | ImageData | Splits[Any]:
    """Texts, tagged sentences or pictures of a hub; `load("hub:owner/name", ...)` for short.

    Parameters
    ----------
    repository : `owner/name`.
    text, label : columns with the texts (or pictures) and their classes, or the tokens and their
        tags.
    kind : `"text"`, `"tagged"` or `"image"`.
    part : one published part; by default all three, which must be there.
    config : variant of the data set, where it has several.
    revision : commit or tag; without it the newest state is taken, which can change.

    Returns
    -------
    TextData, TaggedData or ImageData for one part, else Splits of three.

    Raises
    ------
    ValueError
        `kind` is unknown.
    DataError
        `datasets` is not installed, the hub cannot be reached, or a part or column is missing.
    """
    makers: dict[str, Callable[..., TextData | TaggedData | ImageData]] = {
        "text": _texts,
        "tagged": _tagged,
        "image": _images,
    }
    if kind not in makers:
        raise ValueError(f"kind={kind!r} must be 'text', 'tagged' or 'image'.")
    try:
        import datasets
    except ImportError as error:
        raise DataError(
            f"hub:{repository}: data of a hub need the package datasets, which is not installed; "
            "run: pip install datasets"
        ) from error
    try:
        found = datasets.load_dataset(repository, config, split=part, revision=revision)
    except Exception as error:  # the library raises errors of many packages
        raise DataError(
            f"hub:{repository}: could not be loaded ({type(error).__name__}: {error}); check the "
            "name, connect to the network, or use a data set with a card."
        ) from error
    make = makers[kind]
    if part is not None:
        return make(repository, found, text, label)
    parts = []
    for wanted, names in _PARTS.items():
        name = next((name for name in names if name in found), None)
        if name is None:
            raise DataError(
                f"hub:{repository}: has no {wanted} part, only {', '.join(found)}; give part=... "
                "and split it yourself."
            )
        parts.append(make(repository, found[name], text, label))
    return Splits(*parts)


def _column(repository: str, rows: Any, name: str) -> list[Any]:
    if name not in rows.features:
        raise DataError(
            f"hub:{repository}: has no column {name!r}; its columns are {', '.join(rows.features)}."
        )
    return list(rows[name])


def _texts(repository: str, rows: Any, text: str, label: str) -> TextData:
    import numpy as np
    import pandas as pd

    texts, labels = (_column(repository, rows, name) for name in (text, label))
    names = getattr(rows.features[label], "names", None)
    classes = tuple(names) if names else tuple(sorted({str(value) for value in labels}))
    if not names:
        places = {name: i for i, name in enumerate(classes)}
        labels = [places[str(value)] for value in labels]
    others = {n: list(rows[n]) for n in rows.features if n not in (text, label)}
    target = np.array(labels, dtype=np.int64)
    return TextData(repository, tuple(map(str, texts)), target, classes, pd.DataFrame(others))


def _tagged(repository: str, rows: Any, text: str, label: str) -> TaggedData:
    from lablib.data.conll import to_iob2

    sentences, labels = (_column(repository, rows, name) for name in (text, label))
    names = getattr(getattr(rows.features[label], "feature", None), "names", None)
    raw = [[names[tag] if names else str(tag) for tag in line] for line in labels]
    tags = tuple(to_iob2(line) for line in raw)
    used = names or [tag for line in tags for tag in line]
    types = tuple(sorted({tag[2:] for tag in used if tag != "O"}))
    return TaggedData(repository, tuple(tuple(map(str, s)) for s in sentences), tags, types)


def _images(repository: str, rows: Any, image: str, label: str) -> ImageData:
    import numpy as np

    pictures, labels = (_column(repository, rows, name) for name in (image, label))
    names = getattr(rows.features[label], "names", None)
    values = np.stack([np.asarray(picture, dtype=np.float32) for picture in pictures]) / 255
    values = values[:, None] if values.ndim == 3 else values.transpose(0, 3, 1, 2)
    target = np.array(labels, dtype=np.int64)
    classes = tuple(names) if names else tuple(map(str, range(int(target.max()) + 1)))
    return ImageData(repository, np.ascontiguousarray(values, np.float32), target, classes)
