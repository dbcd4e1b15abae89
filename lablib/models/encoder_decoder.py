"""An encoder and a decoder that reads it: from one sequence to another.

Vaswani et al. (2017), figure 1, with the norm before each part (Xiong et al., 2020), learned
positions and GELU. The target's embedding is its output layer too (Press and Wolf, 2017).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from lablib.models._setup import check_dropout, check_sizes, seeded
from lablib.models.attention import Cache, MultiHeadAttention
from lablib.models.decoder import Block, FeedForward, initialise


class CrossBlock(nn.Module):
    """A decoder block that also reads the encoder: cross-attention is the second of three parts."""

    def __init__(self, width: int, heads: int, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width, heads, causal=True, dropout=dropout)
        self.norm_cross = nn.LayerNorm(width)
        self.cross = MultiHeadAttention(width, heads, dropout=dropout)
        self.norm_feed_forward = nn.LayerNorm(width)
        self.feed_forward = FeedForward(width, dropout=dropout)

    def forward(
        self, x: Tensor, memory: Tensor, mask: Tensor | None = None, cache: Cache | None = None
    ) -> Tensor:
        """Return `(B, T, D)` from `(B, T, D)` and the encoder's states.

        Parameters
        ----------
        x
            `(B, T, D)`, the target so far.
        memory, mask
            `(B, S, D)` and `(B, S)`: the source, and `False` at its padding.
        cache
            Earlier target positions.
        """
        x = x + self.attention(self.norm_attention(x), cache=cache)  # (B, T, D)
        x = x + self.cross(self.norm_cross(x), memory=memory, mask=mask)  # (B, T, D)
        out: Tensor = x + self.feed_forward(self.norm_feed_forward(x))  # (B, T, D)
        return out


class EncoderDecoder(nn.Module):
    """Logits `(B, T, V)` of the next target token, from a source `(B, S)` and the target so far.

    Parameters
    ----------
    source_vocabulary, target_vocabulary
        Number of tokens of either language.
    context
        Most tokens of a source or a target.
    width, heads, layers
        D, H, and the number of blocks of the encoder, and again of the decoder.
    dropout
        Probability that training drops a number of an embedding, of a part's output, or an
        attention weight; 0 keeps all.
    seed
        Seed of the initial weights; `None` draws them from torch's global generator.

    Raises
    ------
    ValueError
        If a size is below 1, `heads` does not divide `width`, or `dropout` is outside [0, 1).

    Examples
    --------
    >>> model = EncoderDecoder(50, 40, context=8, width=16, heads=2, layers=1, seed=0)
    >>> source, target = torch.ones(3, 7, dtype=torch.int64), torch.ones(3, 4, dtype=torch.int64)
    >>> model(source, target).shape
    torch.Size([3, 4, 40])
    """

    def __init__(
        self,
        source_vocabulary: int,
        target_vocabulary: int,
        *,
        context: int,
        width: int,
        heads: int,
        layers: int,
        dropout: float = 0.0,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        check_sizes(source_vocabulary=source_vocabulary, target_vocabulary=target_vocabulary)
        check_sizes(context=context, layers=layers, width=width)
        check_dropout(dropout)
        self.context, self.dropout = context, dropout
        with seeded(seed):
            self.source_embedding = nn.Embedding(source_vocabulary, width)
            self.source_position = nn.Embedding(context, width)
            self.encoder_blocks = nn.ModuleList(
                Block(width, heads, dropout=dropout, causal=False) for _ in range(layers)
            )
            self.encoder_norm = nn.LayerNorm(width)
            self.target_embedding = nn.Embedding(target_vocabulary, width)
            self.target_position = nn.Embedding(context, width)
            self.decoder_blocks = nn.ModuleList(
                CrossBlock(width, heads, dropout=dropout) for _ in range(layers)
            )
            self.decoder_norm = nn.LayerNorm(width)
            initialise(self)

    def forward(self, source: Tensor, target: Tensor, source_mask: Tensor | None = None) -> Tensor:
        """Return `(B, T, V)`: row t scores the target token after token t.

        Parameters
        ----------
        source
            `(B, S)`, int64.
        target
            `(B, T)`, int64, from the start token on.
        source_mask
            `(B, S)`: 1 at tokens, 0 at padding, which nothing reads; `None`: no padding.

        Raises
        ------
        ValueError
            If source or target is longer than `context`.
        """
        return self.decode(target, self.encode(source, source_mask), source_mask)

    def encode(self, source: Tensor, source_mask: Tensor | None = None) -> Tensor:
        """Return the states `(B, S, D)` of the source, for `decode` to read."""
        positions = self._positions(self.source_position, 0, source.shape[1])  # (S, D)
        x = self._dropped(self.source_embedding(source) + positions)  # (B, S, D)
        for block in self.encoder_blocks:
            x = block(x, source_mask)  # (B, S, D)
        out: Tensor = self.encoder_norm(x)
        return out

    def decode(
        self,
        target: Tensor,
        memory: Tensor,
        source_mask: Tensor | None = None,
        *,
        cache: list[Cache] | None = None,
    ) -> Tensor:
        """Return `(B, T, V)` for the target and the states of `encode`.

        Parameters
        ----------
        target
            `(B, T)`.
        memory, source_mask
            `(B, S, D)` from `encode`, and the mask `(B, S)` it was given.
        cache
            From `new_cache`; then `target` holds only the tokens that follow those in it.
        """
        x = self._embedded(target, len(cache[0]) if cache else 0)  # (B, T, D)
        for layer, block in enumerate(self.decoder_blocks):
            x = block(x, memory, source_mask, cache[layer] if cache else None)  # (B, T, D)
        return functional.linear(self.decoder_norm(x), self.target_embedding.weight)

    def cross_attention(
        self, source: Tensor, target: Tensor, source_mask: Tensor | None = None
    ) -> Tensor:
        """Return how much each target position reads from each source position, layer by layer.

        Parameters
        ----------
        source, target, source_mask
            As for `forward`.

        Returns
        -------
        Tensor
            `(layers, B, H, T, S)`: rows sum to 1, and are 0 at padding.
        """
        memory, weights = self.encode(source, source_mask), []
        x = self._embedded(target, 0)  # (B, T, D)
        for module in self.decoder_blocks:
            assert isinstance(module, CrossBlock)
            attended = x + module.attention(module.norm_attention(x))  # (B, T, D)
            queries = module.norm_cross(attended)
            weights.append(module.cross.weights(queries, memory=memory, mask=source_mask))
            x = module(x, memory, source_mask)  # (B, T, D)
        return torch.stack(weights)

    def new_cache(self) -> list[Cache]:
        """Return an empty cache for `decode`, one entry a layer."""
        return [Cache() for _ in self.decoder_blocks]

    def _embedded(self, target: Tensor, start: int) -> Tensor:
        positions = self._positions(self.target_position, start, start + target.shape[1])
        return self._dropped(self.target_embedding(target) + positions)  # (B, T, D)

    def _positions(self, table: nn.Embedding, start: int, stop: int) -> Tensor:
        if stop > self.context:
            raise ValueError(
                f"a sequence reaches position {stop} and context={self.context}: the model has no "
                "more positions; cut the sequences, or build it with a longer context"
            )
        return table.weight[start:stop]

    def _dropped(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training) if self.dropout else x
