"""Attention maps of a BERT block, the block with other weights, and rollout.

The block is written out (Vaswani et al., 2017; the norms after each part as in BERT), because the
fused kernels of torch never make the weights that a map shows. Rollout after Abnar and Zuidema
(2020): half of each layer is the residual connection, and layers multiply from first to last.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lablib.explainability.transformer.states import blocks_of, recorded


def _heads(block: Any, x: Tensor, part: str) -> Tensor:
    """Queries, keys or values of a block, `(N, H, T, D / H)`."""
    own = block.attention.self
    projected: Tensor = getattr(own, part)(x)
    return projected.reshape(*x.shape[:2], own.num_attention_heads, -1).transpose(1, 2)


def map_of(block: Any, x: Tensor, mask: Tensor | None = None) -> Tensor:
    """Attention weights `(N, H, T, T)`: row i says where position i reads; rows sum to 1.

    Parameters
    ----------
    block
        One block of a BERT of transformers.
    x
        What enters it, `(N, T, D)`.
    mask
        `(N, T)`: 0 at padding.
    """
    q, k = _heads(block, x, "query"), _heads(block, x, "key")
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (N, H, T, T)
    if mask is not None:
        scores = scores.masked_fill(~mask.bool()[:, None, None, :], -math.inf)
    return scores.softmax(-1)


def values_of(block: Any, x: Tensor) -> Tensor:
    """Value vectors `(N, H, T, D / H)` that the weights of `map_of` average."""
    return _heads(block, x, "value")


def with_map(block: Any, x: Tensor, weights: Tensor) -> Tensor:
    """What leaves the block `(N, T, D)` if it reads with the given weights `(N, H, T, T)`.

    Parameters
    ----------
    block, x
        As for `map_of`.
    weights
        `map_of(block, x)` gives back what the block itself computes.
    """
    mixed = (weights @ values_of(block, x)).transpose(1, 2).flatten(2)  # (N, T, D)
    attended = block.attention.output(mixed, x)  # dense, plus x, norm
    found: Tensor = block.output(block.intermediate(attended), attended)
    return found


@torch.no_grad()
def maps(encoder: nn.Module, mask: Tensor | None = None, **inputs: Tensor) -> Tensor:
    """Attention maps of all blocks, `(L, N, H, T, T)`.

    Parameters
    ----------
    encoder
        A BERT of transformers, in evaluation mode.
    mask
        `(N, T)`: 0 at padding.
    inputs
        `input_ids=` or `inputs_embeds=`.
    """
    with recorded(blocks_of(encoder)) as states:
        encoder(attention_mask=mask, **inputs)
    pairs = zip(blocks_of(encoder), states, strict=False)
    return torch.stack([map_of(block, state, mask) for block, state in pairs])


def rollout(layers: Tensor, *, residual: float = 0.5) -> Tensor:
    """Follow attention through all layers `(L, ..., T, T)`, first to last: `(..., T, T)`.

    Row i of the result says how much of position i at the end comes from each input position, if
    a layer's output were nothing but the mean that its weights describe.

    Parameters
    ----------
    layers
        Maps averaged over heads; rows sum to 1.
    residual
        Share of each position that passes by the attention; 0 forgets the residual connection.

    Raises
    ------
    ValueError
        If `residual` is outside [0, 1].

    >>> swap = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    >>> rollout(torch.stack([swap, swap])).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    >>> rollout(torch.stack([swap, swap]), residual=0).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    if not 0 <= residual <= 1:
        raise ValueError(f"residual is {residual}; it is a share from 0 to 1, usually 0.5")
    stay = torch.eye(layers.shape[-1], dtype=layers.dtype).expand_as(layers[0])
    found = stay
    for layer in layers:
        found = (residual * stay + (1 - residual) * layer) @ found
    return found


def by_word(received: Tensor, words: Sequence[int] | Tensor) -> Tensor:
    """Sum what pieces receive `(T,)` over the words `(T,)` they belong to, `(G,)`.

    Parameters
    ----------
    received
        A number a piece, the marks of beginning and end left out.
    words
        Word of each piece, 0 to G - 1.

    >>> by_word(torch.tensor([1.0, 2.0, 4.0]), [0, 1, 1]).tolist()
    [1.0, 6.0]
    """
    place = torch.as_tensor(words)
    return received.new_zeros(int(place.max()) + 1).index_add_(0, place, received)
