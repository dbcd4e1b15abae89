"""An encoder: every position reads the whole text; and three heads to put on it.

BERT (Devlin et al., 2019), with the norm after each part as in Vaswani et al. (2017). Left out:
the second text and its segment numbers. With BERT's weights copied in, the states are BERT's.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from lablib.models._setup import check_dropout, check_sizes, seeded
from lablib.models.attention import MultiHeadAttention
from lablib.models.decoder import FeedForward, initialise

_EPS = 1e-12  # BERT's; torch's default of 1e-5 would show in the fifth decimal


class EncoderBlock(nn.Module):
    """Attention, then a feed-forward network; each is added to what came in, then normed."""

    def __init__(self, width: int, heads: int, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(width, heads, dropout=dropout)
        self.norm_attention = nn.LayerNorm(width, eps=_EPS)
        self.feed_forward = FeedForward(width, dropout=dropout, gelu="none")
        self.norm_feed_forward = nn.LayerNorm(width, eps=_EPS)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return `(B, T, D)` from `(B, T, D)`; `mask` `(B, T)` is 0 at padding."""
        x = self.norm_attention(x + self.attention(x, mask=mask))  # (B, T, D)
        out: Tensor = self.norm_feed_forward(x + self.feed_forward(x))  # (B, T, D)
        return out


class Encoder(nn.Module):
    """States `(B, T, D)` from tokens `(B, T)`; each state may depend on every token.

    Parameters
    ----------
    vocabulary
        V, the number of tokens.
    context
        Most tokens of a text.
    width, heads, layers
        D, H and the number of blocks.
    dropout
        Probability that training drops a number of the embedding, of a part's output, or an
        attention weight; 0 keeps all.
    checkpointing
        Compute each block again in the backward pass instead of keeping what it computed.
    seed
        Seed of the initial weights; `None` draws them from torch's global generator.

    Raises
    ------
    ValueError
        If a size is below 1, `heads` does not divide `width`, or `dropout` is outside [0, 1).

    Examples
    --------
    >>> encoder = Encoder(100, context=8, width=16, heads=2, layers=1, seed=0)
    >>> encoder(torch.zeros(2, 5, dtype=torch.int64)).shape
    torch.Size([2, 5, 16])
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
        self.context, self.width = context, width
        self.dropout, self.checkpointing = dropout, checkpointing
        with seeded(seed):
            self.embedding = nn.Embedding(vocabulary, width)
            self.position = nn.Embedding(context, width)
            self.norm = nn.LayerNorm(width, eps=_EPS)
            self.blocks = nn.ModuleList(
                EncoderBlock(width, heads, dropout=dropout) for _ in range(layers)
            )
            initialise(self)

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return states `(B, T, D)`; those at padding mean nothing.

        Parameters
        ----------
        tokens
            `(B, T)`, int64, each below V.
        mask
            `(B, T)`: 1 at tokens, 0 at padding, which no position reads; `None`: no padding.

        Raises
        ------
        ValueError
            If there are more tokens than `context`.
        """
        length = tokens.shape[1]
        if length > self.context:
            raise ValueError(
                f"tokens has {length} columns and context={self.context}: the model has no more "
                "positions; cut the texts, or build it with a longer context"
            )
        x: Tensor = self.norm(self.embedding(tokens) + self.position.weight[:length])  # (B, T, D)
        x = functional.dropout(x, self.dropout, self.training)
        for block in self.blocks:
            if self.checkpointing and self.training and torch.is_grad_enabled():
                x = checkpoint(block, x, mask, use_reentrant=False)  # (B, T, D)
            else:
                x = block(x, mask)  # (B, T, D)
        return x


class MaskedLanguageModel(nn.Module):
    """Logits `(B, T, V)` of the token at each position, for those that were hidden.

    The head of BERT: one more layer, then the input embedding again, which both ends share.
    """

    def __init__(self, encoder: Encoder, *, seed: int | None = None) -> None:
        super().__init__()
        self.encoder = encoder
        with seeded(seed):
            self.transform = nn.Linear(encoder.width, encoder.width)
            self.norm = nn.LayerNorm(encoder.width, eps=_EPS)
            initialise(self.transform)
        self.bias = nn.Parameter(torch.zeros(encoder.embedding.num_embeddings))

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return `(B, T, V)` for tokens and mask as in `Encoder.forward`."""
        x = functional.gelu(self.transform(self.encoder(tokens, mask)))  # (B, T, D)
        return functional.linear(self.norm(x), self.encoder.embedding.weight, self.bias)


class SequenceClassifier(nn.Module):
    """Logits `(B, K)` of a text's class, from the mean of its states."""

    def __init__(self, encoder: Encoder, *, classes: int, seed: int | None = None) -> None:
        super().__init__()
        check_sizes(classes=classes)
        self.encoder = encoder
        with seeded(seed):
            self.head = nn.Linear(encoder.width, classes)
            initialise(self.head)

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return `(B, K)` for tokens and mask as in `Encoder.forward`."""
        states = self.encoder(tokens, mask)  # (B, T, D)
        shares = torch.ones_like(tokens) if mask is None else mask
        shares = shares[..., None].to(states.dtype)  # (B, T, 1)
        pooled = (states * shares).sum(1) / shares.sum(1)  # (B, D)
        logits: Tensor = self.head(functional.dropout(pooled, self.encoder.dropout, self.training))
        return logits


class TokenClassifier(nn.Module):
    """Logits `(B, T, K)` of each token's label."""

    def __init__(self, encoder: Encoder, *, labels: int, seed: int | None = None) -> None:
        super().__init__()
        check_sizes(labels=labels)
        self.encoder = encoder
        with seeded(seed):
            self.head = nn.Linear(encoder.width, labels)
            initialise(self.head)

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return `(B, T, K)` for tokens and mask as in `Encoder.forward`."""
        states = self.encoder(tokens, mask)  # (B, T, D)
        logits: Tensor = self.head(functional.dropout(states, self.encoder.dropout, self.training))
        return logits
