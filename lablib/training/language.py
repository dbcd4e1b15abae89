"""The loss of a language model on a whole split: every token once, with a stated stride.

A mean over random windows, as training loops print it, is noisy and flatters nobody in
particular; it also scores the first tokens of each window almost without context. Here every
token after the first is scored exactly once.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from lablib.training.losses import logits_of
from lablib.training.validation import evaluating


@torch.no_grad()
def split_nats(
    model: nn.Module,
    tokens: Tensor,
    *,
    context: int,
    stride: int | None = None,
    batch_size: int = 64,
) -> Tensor:
    """Return minus the log-probability `(N - 1,)` of each token after the first, on the processor.

    Its sum is what `lablib.evaluation.language.bits_per_character` takes, its mean the loss.

    Parameters
    ----------
    model
        Gives logits `(B, T, V)` for tokens `(B, T)`; dropout is off meanwhile.
    tokens
        `(N,)`, int64, at least two.
    context
        Most tokens the model may look back on.
    stride
        Tokens scored by a window: each then has at least `context - stride` tokens before it, save
        at the very start. `None` takes `context`, which is cheapest and strictest; 1 gives every
        token the longest context and costs `context` times as much.
    batch_size
        Windows computed at once; decides memory, not the result.

    Raises
    ------
    ValueError
        If there are fewer than two tokens or a number is out of range.

    Examples
    --------
    >>> from lablib.models.decoder import Decoder
    >>> model = Decoder(5, context=4, width=8, heads=2, layers=1, seed=0)
    >>> split_nats(model, torch.arange(11) % 5, context=4, stride=2).shape
    torch.Size([10])
    """
    step = context if stride is None else stride
    if not 1 <= step <= context or tokens.ndim != 1 or len(tokens) < 2 or batch_size < 1:
        raise ValueError(
            f"tokens has the shape {tuple(tokens.shape)}, context={context}, stride={stride}, "
            f"batch_size={batch_size}: there must be one row of at least two tokens, a stride from "
            "1 to context, and a batch of at least 1"
        )
    parameter = next(model.parameters(), None)
    device = tokens.device if parameter is None else parameter.device
    targets = len(tokens) - 1
    context = min(context, targets)
    first = torch.arange(context)  # positions of the inputs of the window at the start
    starts = torch.arange(0, targets - context + step, step).clamp(max=targets - context)
    nats = torch.zeros(targets)
    with evaluating(model):
        # Later windows come first, so that where two overlap the one with more context stays.
        for part in torch.split(starts.flip(0), batch_size):
            places = part[:, None] + first  # (B, T)
            windows = tokens[places].to(device), tokens[places + 1].to(device)
            logits = logits_of(model(windows[0]))  # (B, T, V)
            losses = functional.cross_entropy(
                logits.flatten(0, 1).float(), windows[1].flatten(), reduction="none"
            )
            for start, row in zip(part.tolist(), losses.cpu().view(places.shape), strict=True):
                nats[start : start + context] = row
    return nats
