"""A decoder-only Transformer: the language model that predicts the next token.

The block of Vaswani et al. (2017) with the norm before each part, learned positions and GELU as
in GPT-2 (Radford et al., 2019); input and output share one embedding (Press and Wolf, 2017). With
GPT-2's weights copied in, the logits are GPT-2's. Its initial weights are not: their 0.02 suits a
width of 768 or more, and small models learn far slower from it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from lablib.models._setup import check_dropout, check_sizes, seeded
from lablib.models.attention import Cache, MultiHeadAttention


class FeedForward(nn.Module):
    """Each position on its own: widen to 4 D, bend, come back to D."""

    def __init__(self, width: int, *, dropout: float = 0.0, gelu: str = "tanh") -> None:
        super().__init__()
        self.widen = nn.Linear(width, 4 * width)
        self.out = nn.Linear(4 * width, width)
        self.gelu, self.dropout = gelu, dropout

    def forward(self, x: Tensor) -> Tensor:
        """Return `(B, T, D)` from `(B, T, D)`."""
        hidden = functional.gelu(self.widen(x), approximate=self.gelu)  # (B, T, 4 D)
        out: Tensor = self.out(hidden)  # (B, T, D)
        if not self.dropout:
            return out
        return functional.dropout(out, self.dropout, self.training)


class Block(nn.Module):
    """Attention, then a feed-forward network, each added to what came in."""

    def __init__(
        self, width: int, heads: int, *, dropout: float = 0.0, causal: bool = True
    ) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width, heads, causal=causal, dropout=dropout)
        self.norm_feed_forward = nn.LayerNorm(width)
        self.feed_forward = FeedForward(width, dropout=dropout)

    def forward(self, x: Tensor, mask: Tensor | None = None, cache: Cache | None = None) -> Tensor:
        """Return `(B, T, D)` from `(B, T, D)`.

        Parameters
        ----------
        x
            `(B, T, D)`.
        mask, cache
            As for `MultiHeadAttention`.
        """
        x = x + self.attention(self.norm_attention(x), mask=mask, cache=cache)  # (B, T, D)
        out: Tensor = x + self.feed_forward(self.norm_feed_forward(x))  # (B, T, D)
        return out


class Decoder(nn.Module):
    """Next-token logits `(B, T, V)` from tokens `(B, T)`; position t sees tokens 0 to t only.

    Parameters
    ----------
    vocabulary
        V, the number of tokens.
    context
        Most tokens it can look back on.
    width, heads, layers
        D, H and the number of blocks.
    dropout
        Probability that training drops a number of the embedding, of a part's output, or an
        attention weight; 0 keeps all.
    checkpointing
        Compute each block again in the backward pass instead of keeping what it computed: same
        gradients, about a third more time, memory of one block (Chen et al., 2016).
    seed
        Seed of the initial weights; `None` draws them from torch's global generator.

    Raises
    ------
    ValueError
        If a size is below 1, `heads` does not divide `width`, or `dropout` is outside [0, 1).

    Examples
    --------
    >>> model = Decoder(65, context=8, width=16, heads=2, layers=1, seed=0)
    >>> model(torch.zeros(2, 5, dtype=torch.int64)).shape
    torch.Size([2, 5, 65])
    """

    def __init__(
        self,
        vocabulary: int,
        *,
        context: int,
        width: int,
        heads: int,
        layers: int,
        dropout: float = 0.0,
        checkpointing: bool = False,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        check_sizes(vocabulary=vocabulary, context=context, layers=layers, width=width)
        check_dropout(dropout)
        self.context, self.dropout, self.checkpointing = context, dropout, checkpointing
        with seeded(seed):
            self.embedding = nn.Embedding(vocabulary, width)
            self.position = nn.Embedding(context, width)
            self.blocks = nn.ModuleList(Block(width, heads, dropout=dropout) for _ in range(layers))
            self.norm = nn.LayerNorm(width)
            initialise(self, deviation=width**-0.5)

    def forward(self, tokens: Tensor, *, cache: list[Cache] | None = None) -> Tensor:
        """Return logits `(B, T, V)`: row t scores the token after token t.

        Parameters
        ----------
        tokens
            `(B, T)`, int64, each below V.
        cache
            From `new_cache`: the positions before `tokens`, to which these are appended.

        Raises
        ------
        ValueError
            If there are more tokens, with those in the cache, than `context`.
        """
        return functional.linear(self.hidden(tokens, cache=cache), self.embedding.weight)

    def hidden(self, tokens: Tensor, *, cache: list[Cache] | None = None) -> Tensor:
        """Return `(B, T, D)`, what the logits are read from; parameters as in `forward`."""
        start = len(cache[0]) if cache else 0
        stop = start + tokens.shape[1]
        if stop > self.context:
            raise ValueError(
                f"tokens reach position {stop} and context={self.context}: the model has no "
                "more positions; cut the text into windows, or build it with a longer context"
            )
        x = self.embedding(tokens) + self.position.weight[start:stop]  # (B, T, D) + (T, D)
        if self.dropout:
            x = functional.dropout(x, self.dropout, self.training)
        for layer, block in enumerate(self.blocks):
            if self.checkpointing and self.training and torch.is_grad_enabled():
                x = checkpoint(block, x, use_reentrant=False)  # (B, T, D)
            else:
                x = block(x, None, cache[layer] if cache else None)  # (B, T, D)
        out: Tensor = self.norm(x)
        return out

    def new_cache(self) -> list[Cache]:
        """Return an empty cache, one entry a layer."""
        return [Cache() for _ in self.blocks]


def initialise(model: nn.Module, *, deviation: float = 0.02) -> None:
    """Draw small normal weights, biases 0, and the outputs of parts smaller still, as GPT-2 does.

    The two parts of each of L blocks add to one sum; a factor of 1 / sqrt(2 L) on what they
    start with keeps the size of that sum from growing with depth.

    Parameters
    ----------
    model
        Its linear and embedding layers are set in place; the parts' outputs are called `out`.
    deviation
        Standard deviation of the other weights. One over the root of the width keeps sums over
        the width at the size of what is summed; 0.02 is GPT-2's and BERT's.
    """
    outputs = [
        module
        for name, module in model.named_modules()
        if name.rpartition(".")[2] == "out" and isinstance(module, nn.Linear)
    ]
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            smaller = any(module is output for output in outputs)
            scale = deviation / math.sqrt(len(outputs)) if smaller else deviation
            nn.init.normal_(module.weight, std=scale)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
