"""Is attention an explanation? Tests on a review classifier whose last block can be rewired.

Removal in the order of attention, beside random orders and beside a method that passes; the same
block with permuted and uniform weights (Jain and Wallace, 2019); and for long texts *other* weights
with exactly the same output (Brunner et al., 2020): a head of width d cannot tell apart weights
over more than d + 1 positions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lablib.explainability.attribution.faithfulness import Curves, random_curves, removal_curves
from lablib.explainability.attribution.methods import attribute
from lablib.explainability.attribution.reviews import Reviews, WordScore, text_case
from lablib.explainability.attribution.sanity import rank_correlation
from lablib.explainability.attribution.tasks import Case, ExplainTask
from lablib.explainability.transformer.attention_maps import (
    by_word,
    map_of,
    rollout,
    values_of,
    with_map,
)
from lablib.explainability.transformer.states import blocks_of, recorded

Floats = NDArray[np.float64]
ATTENTION = ("attention", "rollout", "attention-x-gradient")
MARKS = slice(1, -1)  # positions of words: between the marks of beginning and end


def last_block(model: WordScore, case: Case) -> tuple[list[Tensor], Tensor, float]:
    """States `(1, T, D)` before each block and after the last, its map, and the score.

    Parameters
    ----------
    model, case
        A review classifier and one text.
    """
    with torch.no_grad(), recorded(blocks_of(model.encoder)) as states:
        score = float(model(case.inputs))
        weights = map_of(blocks_of(model.encoder)[-1], states[-2])
    return states, weights, score


def score_of(model: WordScore, state: Tensor, weights: Tensor) -> Tensor:
    """Score of the model if its last block reads with other weights.

    Parameters
    ----------
    model
        A review classifier.
    state
        What enters the last block, `(1, T, D)`.
    weights
        `(1, H, T, T)`, rows that sum to 1.
    """
    out = with_map(blocks_of(model.encoder)[-1], state, weights)
    return (out.mean(1) @ model.weight + model.bias)[0]


def claims(model: WordScore, case: Case) -> dict[str, Floats]:
    """What attention says about each word `(G,)`, three ways.

    `attention`: the last block, mean over heads and over the positions that are pooled.
    `rollout`: the same through all blocks. `attention-x-gradient`: each weight of the last block
    times the slope of the score in it, summed; the only one with a sign.

    Parameters
    ----------
    model, case
        A review classifier and one text.
    """
    assert case.groups is not None
    words = case.groups[:, 0]
    states, last, _ = last_block(model, case)
    layers = torch.stack(
        [map_of(b, s)[0].mean(0) for b, s in zip(blocks_of(model.encoder), states, strict=False)]
    ).detach()  # (L, T, T)
    weights = last.detach().requires_grad_()
    (slope,) = torch.autograd.grad(score_of(model, states[-2], weights), weights)
    received = {
        "attention": layers[-1].mean(0),
        "rollout": rollout(layers).mean(0),
        "attention-x-gradient": (weights.detach() * slope)[0].sum((0, 1)),
    }
    return {
        name: np.asarray(by_word(part[MARKS], words).double()) for name, part in received.items()
    }


def removal_tests(
    task: ExplainTask, *, texts: int, steps: int, draws: int, seed: int
) -> dict[str, float]:
    """Removal tests of attention, integrated gradients and random orders, as flat metrics.

    `<method>.gap` is insertion minus deletion over the mean change of the score,
    `<method>.over-random` the same beyond random orders of the same texts, `<method>.order` the
    rank correlation of sizes with what leaving out one word does, a test without any sign, and
    `attention-x-gradient.over-attention` the difference of the two gaps. Attention has no sign, so
    it is given the right one of every text: words are then removed most attended first in
    whichever direction the score is to go.

    Parameters
    ----------
    task
        Of `reviews.review_task`.
    texts
        Use the first ones.
    steps, draws, seed
        Points of integrated gradients; random orders a text and their seed.
    """
    found: dict[str, list[tuple[float, float]]] = {}
    changes: list[float] = []
    for number, case in enumerate(task.cases[:texts]):
        options: dict[str, Any] = {"baselines": case.baselines, "groups": case.groups}
        control = random_curves(
            task.model, case.inputs, draws=draws, seed=seed * texts + number, **options
        )
        changes.append(float(control.change[0]))
        alone = attribute(task.model, case.inputs, method="occlusion", **options).values
        told = claims(task.model, case)
        told["integrated-gradients"] = attribute(
            task.model, case.inputs, method="integrated-gradients", steps=steps, **options
        ).values[0]
        rows = [("random", control, told["attention"][:0])]
        rises = 1.0 if _rises(task.model, case) else -1.0
        for name, claim in told.items():
            signed = (
                claim
                if name in ("attention-x-gradient", "integrated-gradients")
                else (rises * claim)
            )
            rows.append((name, _curves(task, case, signed), claim))
        for name, curves, claim in rows:
            order = (
                float(rank_correlation(np.abs(alone), np.abs(claim)[None])[0]) if len(claim) else 0
            )
            found.setdefault(name, []).append((float(curves.gap[0]), order))
    return _flat(found, float(np.mean(changes)))


def _rises(model: WordScore, case: Case) -> bool:
    with torch.no_grad():
        return bool(model(case.inputs) >= model(case.baselines))


def _curves(task: ExplainTask, case: Case, claim: Floats) -> Curves:
    return removal_curves(
        task.model, case.inputs, claim[None], baselines=case.baselines, groups=case.groups
    )


def _flat(found: dict[str, list[tuple[float, float]]], change: float) -> dict[str, float]:
    means = {name: np.mean(rows, axis=0) for name, rows in found.items()}
    flat: dict[str, float] = {}
    for name, (gap, order) in means.items():
        flat[f"{name}.gap"] = float(gap / change)
        if name != "random":
            flat[f"{name}.over-random"] = float((gap - means["random"][0]) / change)
            flat[f"{name}.order"] = float(order)
    slope = "attention-x-gradient"
    flat[f"{slope}.over-attention"] = flat[f"{slope}.gap"] - flat["attention.gap"]
    return flat


def rewired(task: ExplainTask, *, seed: int) -> dict[str, float]:
    """How far decisions depend on the weights of the last block, as shares kept and moves.

    `permuted`: each row of weights shuffled among the positions; `uniform`: all weights equal;
    `one`: everything read from one random position, which should do damage. `<way>.kept` is
    the share of decisions that stay, `<way>.moved` the mean change of the score over the standard
    deviation of scores.

    Parameters
    ----------
    task
        Its texts are scored one by one.
    seed
        Of the shuffles.

    Raises
    ------
    ValueError
        If there are fewer than two texts: scores then have no spread to compare with.
    """
    if len(task.cases) < 2:
        raise ValueError(f"task has {len(task.cases)} texts; two are needed, allow longer ones")
    generator = torch.Generator().manual_seed(seed)
    scores: dict[str, list[float]] = {name: [] for name in ("own", *WAYS)}
    for case in task.cases:
        states, weights, score = last_block(task.model, case)
        scores["own"].append(score)
        for name, way in WAYS.items():
            with torch.no_grad():
                scores[name].append(
                    float(score_of(task.model, states[-2], way(weights, generator)))
                )
    own = np.asarray(scores["own"])
    found = {}
    for name in WAYS:
        other = np.asarray(scores[name])
        found[f"{name}.kept"] = float(((own > 0) == (other > 0)).mean())
        found[f"{name}.moved"] = float(np.abs(other - own).mean() / own.std())
    return found


def permuted(weights: Tensor, generator: torch.Generator) -> Tensor:
    """Each row of weights `(..., T, T)` in a random order of positions, drawn for itself."""
    order = torch.rand(weights.shape, generator=generator).argsort(-1)
    return weights.gather(-1, order)


def uniform(weights: Tensor, generator: torch.Generator) -> Tensor:
    """Equal weights in the shape of `weights`; nothing is drawn from `generator`."""
    del generator
    return torch.full_like(weights, 1 / weights.shape[-1])


def one_position(weights: Tensor, generator: torch.Generator) -> Tensor:
    """All weight of every head and row on one position, drawn from `generator`."""
    place = torch.randint(weights.shape[-1], (1,), generator=generator)
    return torch.zeros_like(weights).index_fill_(-1, place, 1.0)


WAYS: dict[str, Callable[[Tensor, torch.Generator], Tensor]] = {
    "permuted": permuted, "uniform": uniform, "one": one_position,
}  # fmt: skip


def other_weights(row: Floats, values: Floats, *, avoid: int) -> Floats:
    """Weights `(T,)` with the same mean of `values`, and as little as possible on one position.

    A linear programme over all weights that are at least 0, sum to 1 and give `row @ values`. For
    T > d + 1 there are others as a rule; otherwise the answer is `row` itself.

    Parameters
    ----------
    row
        Attention weights `(T,)`.
    values
        Value vectors `(T, d)`.
    avoid
        The position to take weight from.

    Raises
    ------
    RuntimeError
        If the programme finds no solution, which `row` itself rules out but for rounding.

    >>> even = np.array([0.5, 0.0, 0.5])
    >>> other_weights(even, np.array([[0.0], [1.0], [2.0]]), avoid=0).round(6).tolist()
    [0.0, 1.0, 0.0]
    """
    from scipy.optimize import linprog

    scaled = values / np.abs(values).max()
    equal = np.vstack([scaled.T, np.ones(len(row))])
    answer = linprog(np.eye(len(row))[avoid], A_eq=equal, b_eq=equal @ row, bounds=(0, 1))
    if answer.x is None:
        raise RuntimeError(f"no other weights found: {answer.message}")
    return np.asarray(answer.x, dtype=np.float64)


def same_output(model: WordScore, case: Case, *, rows: int) -> dict[str, float]:
    """Replace rows of weights by others with the same output, in every head of the last block.

    Returns means over heads and rows: `same.before` and `same.after`, the weight of the word
    piece that the row reads most; `same.distance`, half the sum of absolute changes (0 the same, 1
    no overlap); `same.gone`, the share of rows in which that piece is left under a hundredth; and
    `same.change`, how far the score of the model moved.

    Parameters
    ----------
    model, case
        A review classifier and a text of more than D / H + 1 pieces.
    rows
        How many positions get other weights, spread over the text.
    """
    states, weights, score = last_block(model, case)
    values = values_of(blocks_of(model.encoder)[-1], states[-2])[0].detach().double().numpy()
    changed = weights.double().numpy().copy()  # (1, H, T, T)
    length = changed.shape[-1]
    told = []
    for head in range(len(values)):
        for place in np.linspace(0, length - 1, rows).astype(int):
            row = changed[0, head, place].copy()
            row /= row.sum()
            top = 1 + int(row[MARKS].argmax())
            other = other_weights(row, values[head], avoid=top)
            told.append((row[top], other[top], np.abs(row - other).sum() / 2, other[top] < 0.01))
            changed[0, head, place] = other
    with torch.no_grad():
        moved = float(score_of(model, states[-2], torch.from_numpy(changed).float())) - score
    before, after, distance, gone = np.mean(np.array(told, dtype=float), axis=0)
    return {
        "same.before": float(before), "same.after": float(after), "same.distance": float(distance),
        "same.gone": float(gone), "same.change": abs(moved),
    }  # fmt: skip


def long_case(source: Reviews, *, pieces: int, seed: int) -> Case:
    """Sentences of reviews, one after the other, until the text has that many word pieces.

    Parameters
    ----------
    source
        Of `reviews.reviews`.
    pieces
        Fewest word pieces, the marks not counted.
    seed
        Of the drawing.
    """
    text = ""
    for row in np.random.default_rng(seed).permutation(len(source.data)):
        text = f"{text} {source.data.texts[row]}".strip()
        case = text_case(source, text)
        if case.inputs.shape[1] >= pieces:
            return case
    raise ValueError(f"all reviews together have fewer than {pieces} word pieces; ask for fewer")
