"""Pretrained models by one name: packaged weights, a folder, or a model hub.

`"minilm"` and `"smollm2"` come with the course's data cards and need no network after the first
use; a folder is opened as transformers saved it; any other name is asked of the Hugging Face hub.
"""

from __future__ import annotations

import contextlib
import os
import socket
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import torch
import transformers
from torch import Tensor, nn
from transformers.utils import logging

from lablib.data import cards, load
from lablib.models._setup import check_dropout, seeded

_LAYERS = ("num_hidden_layers", "n_layer", "n_layers")
_DROPOUTS = (
    *("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"),
    *("dropout", "attention_dropout", "embd_pdrop", "attn_pdrop", "resid_pdrop"),
)


def load_encoder(name: str | Path, *, layers: int | None = None) -> tuple[Any, nn.Module]:
    """Return tokenizer and encoder without a head, in evaluation mode and fp32.

    Parameters
    ----------
    name
        `"minilm"`, a folder, or the name of a model on the hub.
    layers
        Keep this many blocks, the first ones: cheaper, and a different, weaker model.

    Returns
    -------
    tuple
        A transformers tokenizer; a model whose `model(ids, mask).last_hidden_state` is `(B, T, D)`.

    Raises
    ------
    ValueError
        If there is no such model here or on the hub, or it has fewer blocks than `layers`.

    Examples
    --------
    >>> tokenizer, encoder = load_encoder("minilm", layers=1)
    >>> mean_pooled(encoder, *batch_tokens(tokenizer, ["A cold day."], max_length=16)).shape
    torch.Size([1, 384])
    """
    return _load(transformers.AutoModel, name, layers=layers)


def sequence_classifier(
    name: str | Path,
    *,
    classes: int | Sequence[str],
    layers: int | None = None,
    dropout: float | None = None,
    seed: int | None = None,
) -> tuple[Any, nn.Module]:
    """Return tokenizer and an encoder with a new head: `model(ids, mask).logits` is `(B, K)`.

    Parameters
    ----------
    name, layers
        As for `load_encoder`.
    classes
        K, or the K names of the classes.
    dropout
        Probability of every dropout of the model; `None` leaves what its authors set.
    seed
        Seed of the new head; `None` draws it from torch's global generator.

    Raises
    ------
    ValueError
        As for `load_encoder`, and if `dropout` is outside [0, 1).
    """
    kind = transformers.AutoModelForSequenceClassification
    return _load(kind, name, layers=layers, labels=classes, dropout=dropout, seed=seed)


def token_classifier(
    name: str | Path,
    *,
    labels: int | Sequence[str],
    layers: int | None = None,
    dropout: float | None = None,
    seed: int | None = None,
) -> tuple[Any, nn.Module]:
    """Return tokenizer and an encoder with a new head: `model(ids, mask).logits` is `(B, T, K)`.

    Parameters
    ----------
    labels
        K, or the K names of the tags.
    name, layers, dropout, seed
        As for `sequence_classifier`.

    Raises
    ------
    ValueError
        As for `sequence_classifier`.
    """
    kind = transformers.AutoModelForTokenClassification
    return _load(kind, name, layers=layers, labels=labels, dropout=dropout, seed=seed)


def chat_model(name: str | Path = "smollm2") -> tuple[Any, nn.Module]:
    """Return tokenizer and causal language model: `model(ids, mask).logits` is `(B, T, V)`.

    Parameters
    ----------
    name
        As for `load_encoder`. The packaged `"smollm2"` has 135 M parameters, expanded from
        weights of about four bits, and follows instructions loosely.

    Raises
    ------
    ValueError
        As for `load_encoder`.
    """
    return _load(transformers.AutoModelForCausalLM, name)


def batch_tokens(tokenizer: Any, texts: Sequence[str], *, max_length: int) -> tuple[Tensor, Tensor]:
    """Return token ids `(N, T)` and mask `(N, T)`: 1 at tokens, 0 at padding.

    Parameters
    ----------
    tokenizer
        From one of the functions above.
    texts
        N texts; what is longer than `max_length` tokens is cut.
    max_length
        Most tokens of a text, special ones included; T is the longest left, at most this.

    Raises
    ------
    ValueError
        If there are no texts, or `max_length` leaves no room for a token.
    """
    special = tokenizer.num_special_tokens_to_add()
    if not len(texts) or max_length <= special:
        raise ValueError(
            f"texts has {len(texts)} entries and max_length={max_length}: there must be a text "
            f"and room for more than the {special} special tokens; pass e.g. max_length=64"
        )
    coded = tokenizer(
        list(texts), padding=True, truncation=True, max_length=max_length, return_tensors="pt"
    )
    return coded["input_ids"], coded["attention_mask"]


def mean_pooled(backbone: nn.Module, ids: Tensor, mask: Tensor) -> Tensor:
    """Return one vector a text `(N, D)`: the mean of its tokens' hidden states, without padding.

    Sentence embeddings after Reimers and Gurevych (2019), before their scaling to length 1.

    Parameters
    ----------
    backbone
        From `load_encoder`, or anything that returns `(N, T, D)` for ids and mask.
    ids, mask
        `(N, T)` each, from `batch_tokens`.
    """
    output = backbone(ids, mask)
    hidden: Tensor = getattr(output, "last_hidden_state", output)  # (N, T, D)
    weights = mask[..., None].to(hidden.dtype)  # (N, T, 1)
    return (hidden * weights).sum(1) / weights.sum(1)  # (N, D)


def _load(
    kind: Any,
    name: str | Path,
    *,
    layers: int | None = None,
    labels: int | Sequence[str] | None = None,
    dropout: float | None = None,
    seed: int | None = None,
) -> tuple[Any, nn.Module]:
    """Open tokenizer, configuration and weights of one model."""
    if dropout is not None:
        check_dropout(dropout)
    place, options = _place(name)
    with quiet():
        try:
            config = transformers.AutoConfig.from_pretrained(place, **options)
            tokenizer = transformers.AutoTokenizer.from_pretrained(place, **options)
            _shorten(config, name, layers)
            _set(config, _DROPOUTS, dropout)
            if labels is not None:
                names = [str(n) for n in range(labels)] if isinstance(labels, int) else labels
                config.id2label = dict(enumerate(names))
                config.label2id = {label: number for number, label in enumerate(names)}
            with seeded(seed):
                model = kind.from_pretrained(place, config=config, dtype=torch.float32, **options)
        except OSError as error:
            raise ValueError(
                f"name={str(name)!r} must be one of {', '.join(_packaged())}, a folder that "
                "transformers saved a model in, or a model of the hub while there is a network: "
                + str(error).partition("\n")[0]
            ) from error
    return tokenizer, model.eval()


def _place(name: str | Path) -> tuple[str, dict[str, Any]]:
    """Return what transformers is to open, and whether it may ask the network."""
    if name in _packaged():
        return str(load(str(name)).folder), {"local_files_only": True}
    if Path(name).is_dir():
        return str(name), {"local_files_only": True}
    return str(name), {"local_files_only": not _reachable()}


def _packaged() -> list[str]:
    return [card.name for card in cards() if card.kind == "weights"]


def _reachable() -> bool:
    """Whether the hub's host has an address: else transformers asks in vain for a minute."""
    if getproxies():
        return True
    host = urlsplit(os.environ.get("HF_ENDPOINT", "https://huggingface.co")).hostname
    try:
        return bool(socket.getaddrinfo(host, None))
    except OSError:
        return False


def _shorten(config: Any, name: str | Path, layers: int | None) -> None:
    """Set the number of blocks, which keeps the first ones when the weights are read."""
    field = next((field for field in _LAYERS if hasattr(config, field)), None)
    if layers is None:
        return
    present = getattr(config, field) if field else 0
    if not 1 <= layers <= present:
        raise ValueError(
            f"layers={layers} must be from 1 to {present}, the blocks of {str(name)!r}; "
            "pass None to keep all"
        )
    _set(config, _LAYERS, layers)


def _set(config: Any, fields: Sequence[str], value: float | None) -> None:
    """Set those of the fields that this kind of model has."""
    for field in fields:
        if value is not None and hasattr(config, field):
            setattr(config, field, value)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers from printing, warning and drawing bars for the body of a `with`."""
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
