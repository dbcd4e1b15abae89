"""A small decoder that copies, where we know which position and can find out which head does it.

`T = 2 k`: k random tokens, a mark, and the same tokens again (the last is never read). To predict
the copy of token j, standing at position k + j, the model must read position j: there is nothing
else to know it from. So where the information lies is known before anything is patched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lablib.explainability.transformer.patching import (
    Pairs,
    head_outputs,
    restored,
    with_head,
)
from lablib.explainability.transformer.states import blocks_of, recorded, states_and_logits
from lablib.models.decoder import Decoder
from lablib.training import TrainingConfig, fit


@dataclass(frozen=True)
class CopyTask:
    """Sizes of the task: `symbols` different tokens, `length` of them to copy."""

    symbols: int = 12
    length: int = 6

    def sequences(self, count: int, *, seed: int) -> Tensor:
        """Random sequences `(count, 2 length)`: tokens, the mark, tokens without the last.

        Parameters
        ----------
        count
            Rows.
        seed
            Of the tokens.
        """
        generator = torch.Generator().manual_seed(seed)
        tokens = torch.randint(self.symbols, (count, self.length), generator=generator)
        return self.of(tokens)

    def of(self, tokens: Tensor) -> Tensor:
        """The sequences `(N, 2 length)` of given tokens `(N, length)`."""
        mark = torch.full((len(tokens), 1), self.symbols)
        return torch.cat([tokens, mark, tokens[:, :-1]], dim=1)

    def loss(self, model: nn.Module, batch: Tensor) -> Tensor:
        """Cross-entropy of the copied tokens.

        Parameters
        ----------
        model
            The decoder.
        batch
            Sequences `(B, 2 length)`, alone or in a tuple.
        """
        rows = batch if isinstance(batch, Tensor) else batch[0]
        logits = model(rows)[:, self.length :]  # (B, length, V)
        return cross_entropy(logits.flatten(0, 1), rows[:, : self.length].flatten())

    def accuracy(self, logits: Tensor, rows: Tensor) -> float:
        """Share of copied tokens that are right.

        Parameters
        ----------
        logits, rows
            `(N, 2 length, V)` and the sequences.
        """
        right = logits[:, self.length :].argmax(-1) == rows[:, : self.length]
        return float(right.double().mean())

    def pairs(self, count: int, *, position: int, seed: int) -> Pairs:
        """Sequences that differ in one token, cut where its copy is predicted.

        Parameters
        ----------
        count, seed
            How many, and of the tokens.
        position
            j, 0 to length - 1: which token differs. The corrupted copy does not repeat it: the
            prompt ends before.
        """
        clean = self.sequences(count, seed=seed)[:, : self.length + position + 1]
        shift = 1 + torch.randint(
            self.symbols - 1, (count,), generator=torch.Generator().manual_seed(seed + 1)
        )
        corrupted = clean.clone()
        corrupted[:, position] = (clean[:, position] + shift) % self.symbols
        return Pairs(clean, corrupted, clean[:, position], corrupted[:, position])


def train_copier(
    task: CopyTask, *, layers: int, heads: int, width: int, steps: int, seed: int
) -> Decoder:
    """Train a decoder on fresh random sequences.

    Parameters
    ----------
    task
        Sizes.
    layers, heads, width
        Of the decoder.
    steps, seed
        Optimiser steps of 64 sequences; seed of weights and sequences.
    """
    model = Decoder(
        task.symbols + 1,
        context=2 * task.length,
        width=width,
        heads=heads,
        layers=layers,
        seed=seed,
    )
    rows = task.sequences(64 * min(steps, 100), seed=1000 + seed)
    settings = TrainingConfig(
        max_steps=steps, batch_size=64, learning_rate=5e-3, weight_decay=0.0, clip_norm=1.0,
        schedule="cosine", warmup_steps=20, seed=seed, device="cpu",
    )  # fmt: skip
    fit(model, (rows,), loss=task.loss, config=settings)
    return model.eval()


def ablation(model: Decoder, task: CopyTask, rows: Tensor) -> NDArray[np.float64]:
    """Accuracy lost when a head always gives its mean output, `(L, H)`: what each head is worth.

    Parameters
    ----------
    model, task
        Trained decoder and its task.
    rows
        Sequences; the mean at each position is taken over them.
    """
    whole = task.accuracy(states_and_logits(model, rows)[1], rows)
    usual = head_outputs(model, rows).mean(1)  # (L, T, H, D / H)
    lost = np.empty((usual.shape[0], usual.shape[2]))
    for layer, head in np.ndindex(*lost.shape):
        mean = usual[layer, :, head]
        logits = with_head(model, rows, mean, layer=layer, head=head, position=None)
        lost[layer, head] = whole - task.accuracy(logits, rows)
    return lost


def restored_by_head(model: Decoder, pairs: Pairs, *, source: Tensor) -> NDArray[np.float64]:
    """Mean restored share `(L, H)` when one head's output at the last position is patched.

    Parameters
    ----------
    model, pairs
        Decoder and pairs of `CopyTask.pairs`.
    source
        Prompts `(N, T)` that the head's output is taken from: the clean ones, or unrelated ones.
    """
    given = head_outputs(model, source)
    clean = pairs.difference(states_and_logits(model, pairs.clean)[1])
    corrupted = pairs.difference(states_and_logits(model, pairs.corrupted)[1])
    found = np.empty((given.shape[0], given.shape[3]))
    for layer, head in np.ndindex(*found.shape):
        logits = with_head(
            model, pairs.corrupted, given[layer, :, :, head], layer=layer, head=head, position=-1
        )
        found[layer, head] = restored(pairs.difference(logits), clean, corrupted).mean()
    return found


@torch.no_grad()
def attention_to(model: Decoder, ids: Tensor, *, query: int, key: int) -> NDArray[np.float64]:
    """Mean attention weight `(L, H)` from one position to another.

    Parameters
    ----------
    model, ids
        Decoder and tokens `(N, T)`.
    query, key
        Positions.
    """
    with recorded(blocks_of(model)) as states:
        model(ids)
    found = []
    for block, state in zip(blocks_of(model), states, strict=False):
        weights = block.attention.weights(block.norm_attention(state))
        found.append(weights[:, :, query, key].mean(0))
    return np.asarray(torch.stack(found).double())
