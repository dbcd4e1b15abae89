"""Attention: every position reads from the others, weighted by how well query and key agree.

Scaled dot products and several heads after Vaswani et al. (2017). `attention` is written out to
be read; `MultiHeadAttention` computes the same with torch's fused kernel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from lablib.models._setup import check_dropout, check_sizes


def attention_weights(
    q: Tensor, k: Tensor, *, causal: bool = False, mask: Tensor | None = None
) -> Tensor:
    """Return how much each of T queries takes from each of S keys: rows that sum to 1.

    Parameters
    ----------
    q, k
        Queries `(..., T, D)` and keys `(..., S, D)`.
    causal
        Query t sees no key after its own position. With more keys than queries, the queries are
        the last T positions: what a cache of earlier keys needs.
    mask
        Booleans that broadcast to `(..., T, S)`: `True` where a query may look. Each query needs
        at least one key, or its row is not a number.

    Examples
    --------
    >>> attention_weights(torch.zeros(2, 4), torch.zeros(2, 4), causal=True).tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., T, S)
    if causal:
        scores = scores.masked_fill(~causal_mask(*scores.shape[-2:], device=q.device), -math.inf)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(dim=-1)  # (..., T, S)


def attention(
    q: Tensor, k: Tensor, v: Tensor, *, causal: bool = False, mask: Tensor | None = None
) -> Tensor:
    """Return for each query the mean of the values `(..., S, D)`, weighted by `attention_weights`.

    Parameters
    ----------
    q, k, v
        Queries `(..., T, D)`, keys and values `(..., S, D)`.
    causal, mask
        What a query may not see; see `attention_weights`.

    Returns
    -------
    Tensor
        `(..., T, D)`.
    """
    return attention_weights(q, k, causal=causal, mask=mask) @ v  # (..., T, S) @ (..., S, D)


def causal_mask(queries: int, keys: int, *, device: torch.device) -> Tensor:
    """Return booleans `(T, S)`: `True` where a query may look.

    Parameters
    ----------
    queries, keys
        T and S; the queries are the last T of the S positions.
    device
        Where the mask is made.
    """
    return torch.ones(queries, keys, dtype=torch.bool, device=device).tril(keys - queries)


@dataclass
class Cache:
    """Keys and values `(B, H, S, D / H)` of the positions seen so far, for one layer."""

    keys: Tensor | None = None
    values: Tensor | None = None

    def __len__(self) -> int:
        return 0 if self.keys is None else self.keys.shape[-2]

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Append the newest positions and return all."""
        if self.keys is not None and self.values is not None:
            keys = torch.cat([self.keys, keys], dim=-2)
            values = torch.cat([self.values, values], dim=-2)
        self.keys, self.values = keys, values
        return keys, values


class MultiHeadAttention(nn.Module):
    """H attentions side by side, each on its own D / H numbers of the width.

    Parameters
    ----------
    width
        D, the numbers that describe a position.
    heads
        H, a divisor of D.
    causal
        Whether a position sees only itself and earlier ones.
    dropout
        Probability that training drops an attention weight, and a number of the output.

    Raises
    ------
    ValueError
        If `heads` does not divide `width`, or a size or `dropout` is out of range.

    Examples
    --------
    >>> MultiHeadAttention(16, 4)(torch.zeros(2, 5, 16)).shape
    torch.Size([2, 5, 16])
    """

    def __init__(
        self, width: int, heads: int, *, causal: bool = False, dropout: float = 0.0
    ) -> None:
        super().__init__()
        check_sizes(width=width, heads=heads)
        check_dropout(dropout)
        if width % heads:
            raise ValueError(
                f"heads={heads} must divide width={width}: each head gets an equal share; "
                f"pass e.g. width={heads * max(width // heads, 1)}"
            )
        self.width, self.heads, self.causal, self.dropout = width, heads, causal, dropout
        self.qkv = nn.Linear(width, 3 * width)  # queries, keys, values: one product for all three
        self.out = nn.Linear(width, width)

    def forward(
        self,
        x: Tensor,
        *,
        memory: Tensor | None = None,
        mask: Tensor | None = None,
        cache: Cache | None = None,
    ) -> Tensor:
        """Return `(B, T, D)`: each position of `x` after reading from the others.

        Parameters
        ----------
        x
            `(B, T, D)`.
        memory
            `(B, S, D)` to read from instead of `x` (cross-attention).
        mask
            `(B, S)`: `True` at what may be read, `False` at padding.
        cache
            Earlier positions, to which those of `x` are appended.
        """
        q, k, v = self._project(x, memory)  # (B, H, T, D/H), (B, H, S, D/H) twice
        if cache is not None:
            k, v = cache.extend(k, v)
        queries, keys = q.shape[-2], k.shape[-2]
        allowed = None if mask is None else mask.bool()[:, None, None, :]  # (B, 1, 1, S)
        square = self.causal and queries == keys and allowed is None
        if self.causal and queries > 1 and not square:
            causal = causal_mask(queries, keys, device=x.device)  # (T, S)
            allowed = causal if allowed is None else allowed & causal
        mixed = functional.scaled_dot_product_attention(
            q, k, v, allowed, self.dropout if self.training else 0.0, is_causal=square
        )  # (B, H, T, D/H)
        joined = mixed.transpose(1, 2).reshape(x.shape)  # (B, T, D)
        out: Tensor = self.out(joined)
        if not self.dropout:
            return out
        return functional.dropout(out, self.dropout, self.training)

    def weights(
        self, x: Tensor, *, memory: Tensor | None = None, mask: Tensor | None = None
    ) -> Tensor:
        """Return the attention weights `(B, H, T, S)` of `forward`, which the kernel keeps.

        Parameters
        ----------
        x, memory, mask
            As for `forward`.
        """
        q, k, _ = self._project(x, memory)
        allowed = None if mask is None else mask.bool()[:, None, None, :]
        return attention_weights(q, k, causal=self.causal, mask=allowed)

    def _project(self, x: Tensor, memory: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Return queries of `x`, keys and values of `memory` or `x`, cut into heads."""
        if memory is None:
            q, k, v = torch.chunk(self.qkv(x), 3, dim=-1)  # (B, T, D) each
        else:
            parts = [self.width, 2 * self.width]
            (own, other), (own_bias, other_bias) = (
                torch.split(parameter, parts) for parameter in (self.qkv.weight, self.qkv.bias)
            )
            q = functional.linear(x, own, own_bias)  # (B, T, D)
            k, v = torch.chunk(functional.linear(memory, other, other_bias), 2, dim=-1)
        return self._heads(q), self._heads(k), self._heads(v)

    def _heads(self, x: Tensor) -> Tensor:
        batch, tokens, _ = x.shape
        return x.view(batch, tokens, self.heads, -1).transpose(1, 2)  # (B, H, T, D/H)
