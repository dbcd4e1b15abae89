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
    rows = task.sequences(200, seed=2000 + seed)
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
        "head.beyond": float(by_head.flat[truth] - unrelated.flat[truth]),
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

    `<l>.over-embedding` is the accuracy beyond that of a probe on layer 0, `<l>.new` the accuracy
    on words that do not occur in training at all, about which no memory of words can help.

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
    lower = np.array([word.lower() for word in words.words])
    new = ~np.isin(lower[~train], lower[train])
    found: dict[str, float] = {}
    for number, states in enumerate(layers):
        one = probe(states, words.entity, control, train, penalty=penalty)
        found |= {
            f"{number}.real": one.real, f"{number}.control": one.control,
            f"{number}.selectivity": one.selectivity, f"{number}.remembered": one.train_control,
            f"{number}.train": one.train_real,
        }  # fmt: skip
        found[f"{number}.new"] = float(one.right[new].mean())
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

    Booleans `(L + 1, N)`: `right`, the answer is first of all tokens; `choice`, first among the N
    answers; `centred`, the same after taking away the mean state of the other prompts. `shuffled`
    `(S, L + 1)` is the control: the share of `centred` with the rows of the output matrix permuted.
    `exact` and `twice` are the largest deviations from the model's logits of the last layer read
    rightly, and normed once too often; `plain` is the share right there without any norm; and
    `shared` the length of the others' mean over that of the state, before the last block.

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
    others = (last.sum(1, keepdim=True) - last) / (len(asked) - 1)
    own = torch.arange(len(asked))
    rows = unembedding[asked.answers].detach()  # (N, D)
    read = lens(last, norm, unembedding)  # (L + 1, N, V)
    shuffled = []
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        wrong = torch.randperm(len(unembedding), generator=generator)[asked.answers]
        found = lens(last - others, norm, unembedding[wrong]).argmax(-1) == own
        shuffled.append(found.double().mean(1).numpy())
    without = lens(last[-1:], None, unembedding)[0]
    normed_twice = lens(norm(last[-1:]), norm, unembedding)[0]
    return {
        "right": (read.argmax(-1) == asked.answers).numpy(),
        "choice": (read[:, :, asked.answers].argmax(-1) == own).numpy(),
        "centred": (lens(last - others, norm, rows).argmax(-1) == own).numpy(),
        "shuffled": np.array(shuffled),
        "exact": float((read[-1] - logits[:, -1]).abs().max()),
        "twice": float((normed_twice - logits[:, -1]).abs().max()),
        "plain": float((without.argmax(-1) == asked.answers).double().mean()),
        "shared": float((others.norm(dim=-1) / last.norm(dim=-1)).mean(1)[-2]),
    }


def settling(right: NDArray[np.bool_]) -> Floats:
    """Layer from which each answer stays on top, `(N,)`, of L + 1 layers; see `settles`."""
    return settles(right).astype(np.float64)


def chat_patching(
    model: nn.Module, pairs: Pairs, unrelated: Tensor, *, layers: Sequence[int]
) -> dict[str, NDArray[np.float64]]:
    """Restored shares `(layers, N)` of the chat model by the place that is patched.

    `subject` and `last` are the country and the end of the prompt, with states of the clean run;
    `unrelated.subject` and `unrelated.last` the same places with states of prompts about
    something else.

    Parameters
    ----------
    model, pairs
        Chat model and pairs that differ in the country.
    unrelated
        `(N, T)` prompts of the same length.
    layers
        Which states to patch.
    """
    places = {"subject": SUBJECT, "last": -1}
    shares = restored_by_state(model, pairs, layers=layers, positions=list(places.values()))
    control = restored_by_state(
        model, pairs, layers=layers, positions=[SUBJECT, -1], source=unrelated
    )
    found = {name: shares[:, column] for column, name in enumerate(places)}
    found |= {"unrelated.subject": control[:, 0], "unrelated.last": control[:, 1]}
    return {name: part.double().numpy() for name, part in found.items()}
