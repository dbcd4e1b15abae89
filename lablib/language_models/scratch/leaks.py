"""Two tests that a language model does not see the future, and a broken mask that fails both.

Change later tokens, and no earlier logit may move. Train on shuffled tokens, and nothing may be
predicted better than by frequency: whoever does better has seen the answer.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from lablib.evaluation import Estimate
from lablib.language_models.scratch import corpus
from lablib.language_models.scratch.decoder_training import Config, new_model, train
from lablib.models.decoder import Decoder
from lablib.record import Recorder
from lablib.training.language import split_nats
from lablib.training.validation import evaluating


@torch.no_grad()
def largest_change(model: nn.Module, tokens: Tensor, *, at: int, vocabulary: int) -> float:
    """Return how far any logit before position `at` moves when tokens from `at` on change.

    0 means that the model does not look ahead on this text; it holds bit by bit, since masked
    positions have a weight of exactly 0.

    Parameters
    ----------
    tokens
        `(B, T)`.
    at
        First position that is changed, 1 to T - 1.
    vocabulary
        V; each changed token becomes the next number.

    Raises
    ------
    ValueError
        If `at` leaves nothing before or after it.

    Examples
    --------
    >>> model = Decoder(9, context=6, width=8, heads=2, layers=1, seed=0)
    >>> largest_change(model, torch.arange(6)[None], at=3, vocabulary=9)
    0.0
    """
    if not 0 < at < tokens.shape[1]:
        raise ValueError(f"at={at} must be from 1 to {tokens.shape[1] - 1}: something on each side")
    other = tokens.clone()
    other[:, at:] = (other[:, at:] + 1) % vocabulary
    with evaluating(model):
        before, after = model(tokens)[:, :at], model(other)[:, :at]
    return float((before - after).abs().max())


def without_mask(model: Decoder) -> Decoder:
    """Break a decoder in place: every position reads from all, as in an encoder."""
    for block in model.blocks:
        block.get_submodule("attention").causal = False  # type: ignore[assignment]
    return model


def measure(
    recorder: Recorder,
    vocabulary: int,
    rows: tuple[Tensor, Tensor, Tensor],
    characters: corpus.Floats,
    config: Config,
) -> None:
    """Train the first seed's model on shuffled tokens, sound and broken; record bits and leaks.

    Size, windows, steps and rates are those of the experiment's own models.

    Parameters
    ----------
    vocabulary
        V.
    rows
        Tokens of training, validation and test part.
    characters
        Of the test documents: the same tokens in another order have the same characters.
    """
    generator = torch.Generator().manual_seed(config.split_seed)
    # The order of these three decides their permutations.
    learn, test, held = (
        row[torch.randperm(len(row), generator=generator)] for row in (rows[0], rows[2], rows[1])
    )
    counts = torch.bincount(learn, minlength=vocabulary).double() + 1
    frequency = -(counts / counts.sum()).log()[test[1:]].numpy()
    seed, context = config.seeds[0], config.context
    for name in ("shuffled", "broken"):
        model = new_model(vocabulary, config, seed=seed)
        if name == "broken":
            without_mask(model)
        train(vocabulary, learn, config, seed=seed, validation=held, model=model)
        nats = split_nats(model, test, context=context).numpy()
        moved = largest_change(
            model.cpu(), test[None, :context], at=context // 2, vocabulary=vocabulary
        )
        recorder.metric(f"{name}.future-moves", moved, unit="logits")
        recorder.metric(f"{name}.bits", float(corpus.bits(nats, characters.sum())))
        gap = _blocks(nats - frequency, characters, config)
        recorder.estimate(f"{name}.minus-frequency", gap)


def _blocks(nats: corpus.Floats, characters: corpus.Floats, config: Config) -> Estimate:
    """Bits per character over blocks of shuffled tokens, as many as there are documents.

    The order is random, so blocks of equal length stand for equal shares of the characters.
    """
    blocks = len(characters)
    size = len(nats) // blocks
    sums = nats[: blocks * size].reshape(blocks, size).sum(axis=1)
    share = characters.sum() * size / len(nats)
    return corpus.estimate(sums, np.full(blocks, share), resamples=config.n_resamples)
