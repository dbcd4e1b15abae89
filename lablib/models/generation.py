"""Text from a language model, one token after the other.

Temperature, the k likeliest tokens (Fan et al., 2018) and the nucleus (Holtzman et al., 2020). A
cache of keys and values spares computing earlier tokens again; what is chosen stays the same.
Left out: beam search.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn


def sampling_probabilities(
    logits: Tensor,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> Tensor:
    """Return the probabilities `(..., V)` to draw the next token from.

    Parameters
    ----------
    logits
        `(..., V)`.
    temperature
        Logits are divided by it: below 1 sharpens, above 1 flattens, 0 leaves the likeliest only.
    top_k
        Keep the k likeliest tokens (and those that tie with the last); `None` keeps all.
    top_p
        Then keep the fewest tokens whose probabilities reach p; 1 and `None` keep all.

    Raises
    ------
    ValueError
        If `temperature` is negative, `top_k` below 1 or `top_p` outside (0, 1].

    Examples
    --------
    >>> logits = torch.tensor([0.5, 0.3, 0.2]).log()
    >>> sampling_probabilities(logits, top_p=0.7)
    tensor([0.6250, 0.3750, 0.0000])
    """
    _check(temperature, top_k, top_p)
    if temperature == 0:
        best = logits.argmax(dim=-1, keepdim=True)  # (..., 1)
        return torch.zeros_like(logits).scatter_(-1, best, 1.0)
    logits = logits / temperature
    if top_k is not None and top_k < logits.shape[-1]:
        last = logits.topk(top_k, dim=-1).values[..., -1:]  # (..., 1)
        logits = logits.masked_fill(logits < last, -math.inf)
    if top_p is not None and top_p < 1:
        ordered, order = logits.sort(dim=-1, descending=True, stable=True)
        chances = ordered.softmax(dim=-1)
        before = chances.cumsum(dim=-1) - chances  # what likelier tokens have together
        drop = (before >= top_p).scatter(-1, order, before >= top_p)
        logits = logits.masked_fill(drop, -math.inf)
    return logits.softmax(dim=-1)


@torch.no_grad()
def generate(
    model: nn.Module,
    prompt: Tensor,
    *,
    max_new_tokens: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
    stop: int | None = None,
    cache: bool = True,
) -> Tensor:
    """Return the prompt and what the model adds, `(B, T + n)`.

    Parameters
    ----------
    model
        A `Decoder`, or a causal language model of transformers. A `Decoder` that reaches its
        context goes on with the last `context` tokens, each time without a cache.
    prompt
        `(B, T)`, int64, at least one token; all rows of one length.
    max_new_tokens
        n at most.
    temperature, top_k, top_p
        See `sampling_probabilities`; temperature 0 is greedy and draws nothing.
    generator
        Where draws come from; `None`: torch's global generator.
    stop
        Token that ends a row; after it the row repeats `stop`. Generation ends when all rows have.
    cache
        Whether to keep keys and values: faster, same tokens.

    Raises
    ------
    ValueError
        If the prompt is empty, or a number is out of range.

    Examples
    --------
    >>> from lablib.models.decoder import Decoder
    >>> model = Decoder(10, context=8, width=16, heads=2, layers=1, seed=0)
    >>> generate(model, torch.tensor([[1, 2]]), max_new_tokens=3, temperature=0).shape
    torch.Size([1, 5])
    """
    _check(temperature, top_k, top_p)
    if prompt.ndim != 2 or not prompt.numel() or max_new_tokens < 0:
        raise ValueError(
            f"prompt has the shape {tuple(prompt.shape)} and max_new_tokens={max_new_tokens}: "
            "there must be rows of at least one token, and no less than 0 to add"
        )
    training = model.training
    model.eval()
    try:
        next_logits, tokens = _Reader(model, cache=cache).next_logits, prompt
        ended = torch.zeros(len(prompt), dtype=torch.bool, device=prompt.device)
        for _ in range(max_new_tokens):
            chances = sampling_probabilities(
                next_logits(tokens), temperature=temperature, top_k=top_k, top_p=top_p
            )  # (B, V)
            if temperature == 0:
                chosen = chances.argmax(dim=-1)  # (B,)
            else:
                chosen = torch.multinomial(chances, 1, generator=generator)[:, 0]  # (B,)
            if stop is not None:
                chosen = chosen.masked_fill(ended, stop)
                ended = ended | (chosen == stop)
            tokens = torch.cat([tokens, chosen[:, None]], dim=1)  # (B, T + 1)
            if stop is not None and ended.all():
                break
    finally:
        model.train(training)
    return tokens


@torch.no_grad()
def translate(
    model: nn.Module,
    source: Tensor,
    *,
    start: int,
    stop: int,
    max_new_tokens: int,
    padding: int = 0,
) -> Tensor:
    """Return the likeliest next target token again and again, `(B, n)` without the start token.

    Parameters
    ----------
    model
        An `EncoderDecoder`.
    source
        `(B, S)`, filled up with `padding`.
    start, stop
        Tokens that begin and end a target; what follows `stop` is `padding`.
    max_new_tokens
        n at most.
    padding
        Token that fills up short rows of source and target.
    """
    training = model.training
    model.eval()
    try:
        net: Any = model
        mask = source != padding  # (B, S)
        memory, cache = net.encode(source, mask), net.new_cache()  # (B, S, D)
        target = source.new_full((len(source), 1), start)  # (B, 1)
        ended = torch.zeros(len(source), dtype=torch.bool, device=source.device)
        for _ in range(max_new_tokens):
            logits = net.decode(target[:, -1:], memory, mask, cache=cache)[:, -1]  # (B, V)
            chosen = logits.argmax(dim=-1).masked_fill(ended, padding)  # (B,)
            ended = ended | (chosen == stop)
            target = torch.cat([target, chosen[:, None]], dim=1)
            if ended.all():
                break
    finally:
        model.train(training)
    return target[:, 1:]


class _Reader:
    """Logits of the next token; with a cache, only the tokens it has not read are computed."""

    def __init__(self, model: nn.Module, *, cache: bool) -> None:
        net: Any = model
        self.model, self.cached, self.read = net, cache, 0
        self.ours = hasattr(model, "new_cache")
        self.state = net.new_cache() if cache and self.ours else None

    def next_logits(self, tokens: Tensor) -> Tensor:
        """Return `(B, V)` for the token after `tokens` `(B, T)`."""
        if self.ours and tokens.shape[1] > self.model.context:
            # Every position moves by one, and with it every key and value.
            out: Tensor = self.model(tokens[:, -self.model.context :])[:, -1]
            return out
        new = tokens[:, self.read :] if self.cached else tokens
        self.read = tokens.shape[1]
        if self.ours:
            logits: Tensor = self.model(new, cache=self.state)  # (B, new, V)
            return logits[:, -1]
        output = self.model(new, past_key_values=self.state, use_cache=self.cached)
        self.state = output.past_key_values
        last: Tensor = output.logits[:, -1]
        return last


def _check(temperature: float, top_k: int | None, top_p: float | None) -> None:
    if not (temperature >= 0 and math.isfinite(temperature)):
        raise ValueError(f"temperature={temperature} must be at least 0; pass 0 for greedy, or 1.0")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k={top_k} must be at least 1; pass None to keep all tokens")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p={top_p} must be in (0, 1]; pass None to keep all tokens")
