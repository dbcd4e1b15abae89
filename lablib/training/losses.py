"""What language models are trained on: five losses for `fit`, each a mean over tokens or texts.

They take lablib's models, which return logits, and those of transformers, which return an object
with `.logits`. A mean over tokens is that of the micro-batch at hand: where texts differ in length,
accumulating micro-batches weights them by their texts, not by their tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

IGNORED = -100
"""Label of a position that is not scored, as torch's cross-entropy has it."""


def next_token_loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Return the mean cross-entropy, in nats a token, of each token after the first.

    Parameters
    ----------
    model
        Gives logits `(B, T, V)` for tokens `(B, T)`.
    batch
        One tensor of windows `(B, T + 1)`, as from `token_windows`.
    """
    (tokens,) = batch  # (B, T + 1)
    logits = logits_of(model(tokens[:, :-1]))  # (B, T, V)
    return functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())


def masked_token_loss(
    model: nn.Module,
    batch: tuple[Tensor, ...],
    *,
    mask_token: int,
    vocabulary: int,
    special: Sequence[int] = (),
    share: float = 0.15,
) -> Tensor:
    """Return the mean cross-entropy of tokens that were hidden, in nats (Devlin et al., 2019).

    Which tokens is drawn anew for every batch, from torch's generator (Liu et al., 2019). For
    `fit`, fix the options with `functools.partial`.

    Parameters
    ----------
    model
        Gives logits `(B, T, V)` for tokens and mask `(B, T)`.
    batch
        Tokens `(B, T)` and mask `(B, T)`: 0 at padding.
    mask_token, vocabulary, special, share
        As for `hide_tokens`.
    """
    tokens, mask = trimmed(*batch)
    seen, labels = hide_tokens(
        tokens, mask, mask_token=mask_token, vocabulary=vocabulary, special=special, share=share
    )
    return scored(logits_of(model(seen, mask)), labels)


def hide_tokens(
    tokens: Tensor,
    mask: Tensor,
    *,
    mask_token: int,
    vocabulary: int,
    special: Sequence[int] = (),
    share: float = 0.15,
) -> tuple[Tensor, Tensor]:
    """Choose tokens to predict and return the changed tokens and the labels, both `(B, T)`.

    Of the chosen, 80 % become the mask token, 10 % a random one, and 10 % stay: the model cannot
    know which of the tokens it sees are true. Labels are `IGNORED` where nothing was chosen.

    Parameters
    ----------
    tokens, mask
        `(B, T)`; mask 0 at padding, which is never chosen.
    mask_token
        Number of the token that stands for a hidden one.
    vocabulary
        V: random tokens are below it.
    special
        Numbers that are never chosen, such as those of `[CLS]` and `[SEP]`.
    share
        Chance of each token to be chosen, above 0 (there would be nothing to learn); 1 chooses all.

    Raises
    ------
    ValueError
        If `share` is not in (0, 1].
    """
    if not 0 < share <= 1:
        raise ValueError(f"share={share} must be in (0, 1]; pass e.g. share=0.15")
    eligible = mask.bool()  # (B, T)
    for number in special:
        eligible = eligible & (tokens != number)
    chosen = eligible & (torch.rand(tokens.shape, device=tokens.device) < share)
    labels = tokens.masked_fill(~chosen, IGNORED)
    fate = torch.rand(tokens.shape, device=tokens.device)
    noise = torch.randint(vocabulary, tokens.shape, device=tokens.device)
    seen = torch.where(chosen & (fate < 0.9), noise, tokens)
    return seen.masked_fill(chosen & (fate < 0.8), mask_token), labels


def classification_loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Return the mean cross-entropy of the true class, in nats a text.

    Parameters
    ----------
    model
        Gives logits `(B, K)`.
    batch
        Token ids, mask `(B, T)` and classes `(B,)`; or inputs and classes alone.
    """
    *inputs, classes = batch
    if len(inputs) == 2:
        inputs = list(trimmed(*inputs))
    return functional.cross_entropy(logits_of(model(*inputs)), classes)


def tagging_loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Return the mean cross-entropy of the true tags, in nats a tagged token.

    Parameters
    ----------
    model
        Gives logits `(B, T, K)`.
    batch
        Token ids, mask and tags, `(B, T)` each; a tag of -100 is not scored.
    """
    ids, mask, tags = trimmed(*batch)
    return scored(logits_of(model(ids, mask)), tags)


def sequence_to_sequence_loss(
    model: nn.Module, batch: tuple[Tensor, ...], *, padding: int = 0
) -> Tensor:
    """Return the mean cross-entropy of each target token after the first, in nats.

    Parameters
    ----------
    model
        Gives logits `(B, T, V)` for source, target and source mask.
    batch
        Source `(B, S)`, and target `(B, T + 1)` from its start token to its end token.
    padding
        Number of the token that fills up short rows of either; it is not scored.
    """
    source, target = batch
    logits = logits_of(model(source, target[:, :-1], source != padding))  # (B, T, V)
    labels = target[:, 1:]
    return scored(logits, labels.masked_fill(labels == padding, IGNORED))


def scored(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy where labels are not `IGNORED`; 0 where there is none.

    Parameters
    ----------
    logits
        `(B, T, K)`.
    labels
        `(B, T)`, int64.
    """
    total = functional.cross_entropy(
        logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="sum"
    )
    return total / (labels != IGNORED).sum().clamp(min=1)


def logits_of(output: Any) -> Tensor:
    """Return the logits, whether a model gives them alone or in a transformers output."""
    logits: Tensor = getattr(output, "logits", output)
    return logits


def trimmed(ids: Tensor, mask: Tensor, *others: Tensor) -> tuple[Tensor, ...]:
    """Cut columns that are padding in every row of a batch: nothing changes but the time.

    On the processor only: an accelerator would have to wait for the number, and fixed
    shapes are what it is fast at.
    """
    if mask.device.type != "cpu":
        return ids, mask, *others
    columns = mask.any(0).nonzero()  # the last column with a token, wherever padding stands
    longest = int(columns.max()) + 1 if len(columns) else 1
    return tuple(tensor[:, :longest] for tensor in (ids, mask, *others))
