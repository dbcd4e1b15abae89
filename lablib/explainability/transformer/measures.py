"""What the experiment on Transformers measures, as flat metrics: a function for each part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lablib.explainability.attribution.sanity import rank_correlation
from lablib.explainability.transformer import copy_task
from lablib.explainability.transformer.logit_lens import lens, settles
from lablib.explainability.transformer.patching import (
    Pairs,
    everything_and_nothing,
    restored_by_state,
)
from lablib.explainability.transformer.probe_words import TaggedWords
from lablib.explainability.transformer.probes import control_labels, lookup, probe
from lablib.explainability.transformer.prompts import SUBJECT, Facts
from lablib.explainability.transformer.states import readout, states_and_logits

Floats = NDArray[np.float64]


def copier(
    *, layers: int, heads: int, width: int, steps: int, pairs: int, seed: int
) -> dict[str, float]:
    """Train a decoder that copies, and look for the head and the place that we know.

    `head-found` and `attention-found`: 1 if the head of most restored logit difference, or of most
    attention to the right position, is the one whose ablation costs most; `state.<place>.<l>`:
    share restored by patching the state of layer l at the token's place, or at the last position.

    Parameters
    ----------
    layers, heads, width, steps, seed
        As for `copy_task.train_copier`.
    pairs
        Sequences for each position.
    """
    task = copy_task.CopyTask()
    model = copy_task.train_copier(
        task, layers=layers, heads=heads, width=width, steps=steps, seed=seed
    )
    rows = task.sequences(300, seed=2000 + seed)
    lost = copy_task.ablation(model, task, rows)
    by_head, unrelated, looks = np.zeros((3, *lost.shape))
    for position in range(task.length):
        given = task.pairs(pairs, position=position, seed=3000 + seed)
        strange = task.sequences(pairs, seed=4000 + seed)[:, : given.clean.shape[1]]
        by_head += copy_task.restored_by_head(model, given, source=given.clean) / task.length
        unrelated += copy_task.restored_by_head(model, given, source=strange) / task.length
        looks += (
            copy_task.attention_to(model, given.clean, query=task.length + position, key=position)
            / task.length
        )
    truth = int(lost.argmax())
    middle = task.length // 2
    given = task.pairs(pairs, position=middle, seed=3000 + seed)
    found = {
        "accuracy": task.accuracy(states_and_logits(model, rows)[1], rows),
        "ablated": float(lost.max()),
        "head-found": float(by_head.argmax() == truth),
        "attention-found": float(looks.argmax() == truth),
        "head-order": float(rank_correlation(lost.reshape(1, -1), by_head.reshape(1, -1))[0]),
        "head.restored": float(by_head.flat[truth]),
        "head.unrelated": float(unrelated.flat[truth]),
        "others.restored": float(np.delete(by_head, truth).max()),
        "chance": 1 / lost.size,
    }
    states = restored_by_state(model, given, layers=range(layers + 1), positions=[middle, -1]).mean(
        -1
    )
    for layer in range(layers + 1):
        found[f"state.source.{layer}"] = float(states[layer, 0])
        found[f"state.last.{layer}"] = float(states[layer, 1])
    everything, nothing = everything_and_nothing(model, given, layer=1)
    return found | {"everything": everything, "nothing": nothing}


def probes(
    layers: NDArray[np.float32], words: TaggedWords, *, penalty: float, seed: int
) -> dict[str, float]:
    """Probes of each layer on one split, with control: `<l>.real`, `.control`, `.selectivity`.

    `<l>.over-embedding` is the accuracy beyond that of a probe on layer 0.

    Parameters
    ----------
    layers
        `(L + 1, N, D)`.
    words
        The N words.
    penalty
        As for `probes.fit_probe`.
    seed
        Of the split and of the control labels.
    """
    train = words.train_part(seed=seed)
    control = control_labels(words.words, seed=seed)
    found: dict[str, float] = {}
    for number, states in enumerate(layers):
        one = probe(states, words.entity, control, train, penalty=penalty)
        found |= {
            f"{number}.real": one.real, f"{number}.control": one.control,
            f"{number}.selectivity": one.selectivity, f"{number}.remembered": one.train_control,
            f"{number}.train": one.train_real,
        }  # fmt: skip
        found[f"{number}.over-embedding"] = one.real - found["0.real"]
        found[f"{number}.selectivity-over-embedding"] = one.selectivity - found["0.selectivity"]
    return found


def looked_up(words: TaggedWords, *, seed: int) -> dict[str, float]:
    """Baselines of the probes on one split: the word's usual label, and the commoner label.

    Parameters
    ----------
    words, seed
        As for `probes`.
    """
    train = words.train_part(seed=seed)
    test = np.flatnonzero(~train)
    common = int(words.entity[train].mean() > 0.5)
    named = lookup(
        [words.words[i] for i in np.flatnonzero(train)], words.entity[train],
        [words.words[i] for i in test], default=common,
    )  # fmt: skip
    seen = {words.words[i].lower() for i in np.flatnonzero(train)}
    return {
        "lookup": float((named == words.entity[test]).mean()),
        "majority": float((words.entity[test] == common).mean()),
        "seen": float(np.mean([words.words[i].lower() in seen for i in test])),
    }


def lens_layers(model: nn.Module, asked: Facts, *, seeds: Sequence[int]) -> dict[str, Any]:
    """Read the last position of every prompt at every layer.

    Returns arrays: `right`, `plain` (without the final norm), `other` (the answer of the next
    prompt is on top): `(L + 1, N)` booleans; `choice`: the answer is first among the N answers;
    `shuffled` `(S,)`: share right at the last layer with the rows of the output matrix permuted;
    `exact`: largest difference between the lens at the last layer and the model's logits.

    Parameters
    ----------
    model, asked
        Chat model and prompts that it answers rightly.
    seeds
        One permutation each.
    """
    states, logits = states_and_logits(model, asked.ids)
    norm, unembedding = readout(model)
    last = states[:, :, -1]  # (L + 1, N, D)
    read = lens(last, norm, unembedding)  # (L + 1, N, V)
    top = read.argmax(-1)
    among = read[:, :, asked.answers].argmax(-1)  # (L + 1, N)
    with torch.no_grad():
        final = norm(last[-1])
    shuffled = []
    for seed in seeds:
        order = torch.randperm(len(unembedding), generator=torch.Generator().manual_seed(seed))
        read_wrong = order[(final @ unembedding.T).argmax(-1)]
        shuffled.append(float((read_wrong == asked.answers).double().mean()))
    return {
        "right": (top == asked.answers).numpy(),
        "plain": (lens(last, None, unembedding).argmax(-1) == asked.answers).numpy(),
        "other": (top == asked.answers.roll(1)).numpy(),
        "choice": (among == torch.arange(len(asked))).numpy(),
        "shuffled": shuffled,
        "exact": float((read[-1] - logits[:, -1]).abs().max()),
        "twice": float((lens(final[None], norm, unembedding)[0] - logits[:, -1]).abs().max()),
    }


def settling(right: NDArray[np.bool_]) -> Floats:
    """Layer from which each answer stays on top, `(N,)`, of L + 1 layers; see `settles`."""
    return settles(right).astype(np.float64)


def chat_patching(
    model: nn.Module, pairs: Pairs, unrelated: Tensor, *, layers: Sequence[int]
) -> dict[str, NDArray[np.float64]]:
    """Restored shares `(layers, N)` of the chat model by the place that is patched.

    `before`, `subject` and `last` are the token before the country, the country, and the end of the
    prompt, with states of the clean run; `unrelated.subject` and `unrelated.last` the same places
    with states of prompts about something else.

    Parameters
    ----------
    model, pairs
        Chat model and pairs that differ in the country.
    unrelated
        `(N, T)` prompts of the same length.
    layers
        Which states to patch.
    """
    places = {"before": SUBJECT - 1, "subject": SUBJECT, "last": -1}
    shares = restored_by_state(model, pairs, layers=layers, positions=list(places.values()))
    control = restored_by_state(
        model, pairs, layers=layers, positions=[SUBJECT, -1], source=unrelated
    )
    found = {name: shares[:, column] for column, name in enumerate(places)}
    found |= {"unrelated.subject": control[:, 0], "unrelated.last": control[:, 1]}
    return {name: part.double().numpy() for name, part in found.items()}
