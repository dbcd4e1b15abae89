"""`load`: from the name of a card to a typed data set, through the verified archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from lablib.data.archives import from_archive, from_folder
from lablib.data.catalogue import Card, card
from lablib.data.download import fetch_archive
from lablib.data.errors import DataError
from lablib.data.image import holds_idx, read_idx, read_image
from lablib.data.names import read_names
from lablib.data.pair import read_pair
from lablib.data.synonyms import read_synonyms
from lablib.data.tabular import read_tabular
from lablib.data.tagged import read_tagged
from lablib.data.text import read_text
from lablib.data.weights import load_weights

if TYPE_CHECKING:
    from lablib.data.image import ImageData
    from lablib.data.names import NameLists
    from lablib.data.pair import PairData
    from lablib.data.tabular import TabularData
    from lablib.data.tagged import TaggedData
    from lablib.data.text import TextData
    from lablib.data.weights import Weights

Folder: TypeAlias = str | Path | None
Tables: TypeAlias = Literal["adult", "audit-resumes", "compas", "credit-default", "german-credit"]
Texts: TypeAlias = Literal[
    "chinese-reviews", "encyclopaedia", "medical-questions", "movie-reviews", "news-sentences"
]

# One reader for each `kind` of card; a reader gets bytes whose hashes are already checked.
READERS: dict[str, Callable[..., Any]] = {
    "tabular": read_tabular,
    "text": read_text,
    "tagged": read_tagged,
    "pair": read_pair,
    "image": read_image,
    "names": read_names,
    "synonyms": read_synonyms,
}


@overload
def load(name: Tables, *, folder: Folder = None, **options: Any) -> TabularData: ...
@overload
def load(name: Texts, *, folder: Folder = None, **options: Any) -> TextData: ...
@overload
def load(name: Literal["tweet-entities"], *, folder: Folder = None) -> TaggedData: ...
@overload
def load(name: Literal["emoji-names"], *, folder: Folder = None) -> PairData: ...
@overload
def load(name: Literal["mnist"], *, folder: Folder = None) -> ImageData: ...
@overload
def load(name: Literal["person-names"], *, folder: Folder = None) -> NameLists: ...
@overload
def load(name: Literal["minilm", "smollm2"], *, folder: Folder = None) -> Weights: ...
@overload
def load(name: Literal["synonyms"], *, folder: Folder = None) -> Mapping[str, tuple[str, ...]]: ...
@overload
def load(name: str, *, folder: Folder = None, **options: Any) -> Any: ...
def load(name: str, *, folder: Folder = None, **options: Any) -> Any:
    """Load a data set by the name of its card; the first call fetches it, later ones are offline.

    Parameters
    ----------
    name : name of a card, see `cards()`; or `hub:owner/name`, see `lablib.data.hub.load_hub`.
    folder : a local folder that holds the card's archive, or its data files by their own names;
        then no index is asked. Nothing is written, except that weights are unpacked into the cache.
        For images also one with the published IDX files, which hold more of them.
    options : for a hub, the arguments of `load_hub`; for tables, `sensitive_in_features`: sensitive
        columns that `features` shall hold too. They are always in `sensitive`; by default they are
        in no model's input. The other kinds have none.

    Returns
    -------
    TabularData, TextData, TaggedData, PairData, ImageData, NameLists, Weights, or a mapping
    (synonyms)
        By the card's `kind`. For a table: `features` (N, F), `target` (N,) with 0 and 1,
        `sensitive` (N, ...), `scores` (N, ...).

    Raises
    ------
    ValueError
        No card has this name, an option is unknown for its kind, or a column in
        `sensitive_in_features` is not sensitive.
    DataError
        The data cannot be had or differ from the card; the message says what to do.

    Examples
    --------
    >>> data = load("german-credit")
    >>> data.split(seed=0).train
    TabularData(german-credit: 600 rows, 17 features, 30.0 % with bad_risk = 1)
    """
    if name.startswith("hub:"):
        from lablib.data.hub import load_hub

        return load_hub(name.removeprefix("hub:"), **options)
    return load_card(card(name), folder=folder, **options)


def load_card(card: Card, *, folder: Folder = None, **options: Any) -> Any:
    """Do what `load` does, for a card at hand.

    Parameters
    ----------
    card : Card
        Also one that is not in the catalogue, for data of your own.
    folder, options
        As for `load`.
    """
    known = ("sensitive_in_features",) if card.kind == "tabular" else ()
    if unknown := sorted(set(options) - set(known)):
        takes = ", ".join(known) or "none"
        raise ValueError(
            f"{unknown[0]}={options[unknown[0]]!r} is no option of {card.name}, which is of kind "
            f"{card.kind!r} (options: {takes}); leave it out."
        )
    if card.kind == "weights":
        return load_weights(card, partial(card_files, card, folder=folder))
    if card.kind == "image" and folder is not None and holds_idx(card, Path(folder)):
        return read_idx(card, Path(folder))
    if card.kind not in READERS:
        kinds = ", ".join([*READERS, "weights"])
        raise DataError(f"{card.name}: no reader for kind {card.kind!r}; known kinds: {kinds}.")
    return READERS[card.kind](card, card_files(card, folder=folder), **options)


def card_files(card: Card, *, folder: str | Path | None = None) -> dict[str, bytes]:
    """The card's files, from its archive (fetched if need be) or a folder: path -> bytes."""
    if folder is not None:
        return from_folder(card, Path(folder))
    return from_archive(card, fetch_archive(card))
