"""Windows of a long row of tokens: the examples of a language model."""

from __future__ import annotations

from torch import Tensor


def token_windows(tokens: Tensor, *, context: int, stride: int | None = None) -> Tensor:
    """Return windows `(M, T + 1)`: a row but its last token is the input, but its first the target.

    The windows are views: even one for each position takes no more memory than `tokens`.

    Parameters
    ----------
    tokens
        `(N,)`, int64: a text, or many with a token between them.
    context
        T, the tokens a model reads at once.
    stride
        Tokens from one window's start to the next; `None` takes `context`, so that each token is a
        target once, save fewer than `context` at the end. Smaller ones show tokens again, with
        other tokens before them.

    Raises
    ------
    ValueError
        If `tokens` has not one dimension or fills no window, or a number is below 1.

    Examples
    --------
    >>> import torch
    >>> token_windows(torch.arange(6), context=2).tolist()
    [[0, 1, 2], [2, 3, 4]]
    """
    step = context if stride is None else stride
    if context < 1 or step < 1:
        raise ValueError(
            f"context={context} and stride={stride} must be at least 1; pass e.g. context=64"
        )
    if tokens.ndim != 1 or len(tokens) <= context:
        raise ValueError(
            f"tokens has the shape {tuple(tokens.shape)}: it must be one row of more than "
            f"context={context} tokens; join the texts, or shorten the context"
        )
    return tokens.unfold(0, context + 1, step)
