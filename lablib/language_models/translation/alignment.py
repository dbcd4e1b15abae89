"""Does cross-attention point to the right word? Two tests that a picture cannot replace.

A dictionary made by counting says which English word a Chinese character belongs to; hiding a word
says which one the model needs for it. A map is believed as far as it agrees with these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lablib.data.pair import PairData
from lablib.language_models.translation.name_pairs import PAD, UNKNOWN, target_tensor, words
from lablib.language_models.translation.translator import Translator


@dataclass(frozen=True)
class Alignment:
    """One row for each of M characters that the dictionary can place, of any test name.

    Attributes
    ----------
    row : (M,) which name the character stands in.
    points : (M,) whether the largest weight lies on a right word; the end of the name counts as
        a position, since attention may rest there.
    chance : (M,) share of positions, the end included, that are right: what uniform attention has.
    needed : (M,) whether hiding the most attended word hurts the character most, among all words.
    needed_chance : (M,) what a word drawn at random has of that.
    needed_right : (M,) whether the word whose hiding hurts most is a right word.
    word_chance : (M,) share of words that are right: what a word drawn at random has of that. The
        end cannot be hidden, so it is above `chance`.
    """

    row: NDArray[np.int64]
    points: NDArray[np.bool_]
    chance: NDArray[np.float64]
    needed: NDArray[np.bool_]
    needed_chance: NDArray[np.float64]
    needed_right: NDArray[np.bool_]
    word_chance: NDArray[np.float64]


@torch.no_grad()
def attention_map(translator: Translator, name: str, target: str) -> NDArray[np.float64]:
    """Weights (T, S) of the last decoder layer, mean over heads, while `target` is read in.

    Row t is what the model read to predict character t (the last: the end); column s is
    word s, and the last column the end of the English name.

    Parameters
    ----------
    translator
        Trained.
    name, target
        An English name, and the Chinese one that is read in: the true one, or what was written.
    """
    source = translator.read([name])
    tokens = target_tensor([target], translator.target).to(source.device)
    weights = translator.model.cross_attention(source, tokens[:, :-1], source != PAD)
    return np.asarray(weights[-1, 0].mean(0).cpu(), dtype=np.float64)  # (H, T, S) -> (T, S)


def right_words(name: str, target: str, dictionary: Mapping[str, str]) -> NDArray[np.bool_]:
    """Which word each character belongs to, (characters, words): all False where unknown.

    A word owns a character if its entry stands in `target` over it.

    Parameters
    ----------
    name, target
        An English name and its Chinese one.
    dictionary
        English word to a run of Chinese characters.

    >>> right_words("red car", "红车", {"red": "红", "car": "车"}).tolist()
    [[True, False], [False, True]]
    """
    owned = np.zeros((len(target), len(words(name))), dtype=bool)
    for column, word in enumerate(words(name)):
        entry = dictionary.get(word, "")
        for start in range(len(target) - len(entry) + 1 if entry else 0):
            if target.startswith(entry, start):
                owned[start : start + len(entry), column] = True
    return owned


@torch.no_grad()
def align(translator: Translator, pairs: PairData, dictionary: Mapping[str, str]) -> Alignment:
    """Test the attention of `translator` on the true names of `pairs`.

    Names of a single word are left out: there is nothing to choose.

    Parameters
    ----------
    translator
        Trained; its last decoder layer is tested, mean over heads.
    pairs
        N names with their true Chinese names.
    dictionary
        English word to a run of Chinese characters: says which word is right.

    Raises
    ------
    ValueError
        If the dictionary places no character of these names.
    """
    rows: list[tuple[float, ...]] = []
    source = translator.read(pairs.sources)
    target = target_tensor(pairs.targets, translator.target).to(source.device)
    weights = translator.model.cross_attention(source, target[:, :-1], source != PAD)[-1].mean(1)
    hidden = _hurts(translator, source, target, [len(words(name)) for name in pairs.sources])
    for place, (name, true) in enumerate(zip(pairs.sources, pairs.targets, strict=True)):
        owned = right_words(name, true, dictionary)
        count = owned.shape[1]
        if count < 2:
            continue
        attention = weights[place, : len(true), : count + 1].double().cpu().numpy()
        hurt = hidden[place][:, : len(true)]  # (words, characters)
        for t in np.flatnonzero(owned.any(1)):
            right = np.append(owned[t], False)  # the end of the name is never right
            needs = int(hurt[:, t].argmax())
            rows.append(
                (
                    place,
                    right[attention[t].argmax()],
                    right.mean(),
                    attention[t, :count].argmax() == needs,
                    1 / count,
                    owned[t, needs],
                    owned[t].mean(),
                )
            )
    return _columns(rows)


def _hurts(
    translator: Translator, source: Tensor, target: Tensor, counts: Sequence[int]
) -> list[NDArray[np.float64]]:
    """For each name (words, T): nats that each token loses when a word becomes UNKNOWN."""
    place = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    column = torch.cat([torch.arange(count) for count in counts])
    hidden = source[place].clone()
    hidden[torch.arange(len(place)), column] = UNKNOWN
    nats = _nats(translator, source, target)
    lost = _nats(translator, hidden, target[place]) - nats[place]  # (words of all names, T)
    return [part.double().numpy() for part in torch.split(lost, list(counts))]


def _nats(translator: Translator, source: Tensor, target: Tensor) -> Tensor:
    logits = translator.model(source, target[:, :-1], source != PAD)
    nats: Tensor = -logits.log_softmax(-1).gather(-1, target[:, 1:, None])[:, :, 0]
    return nats.cpu()


def _columns(rows: Sequence[tuple[float, ...]]) -> Alignment:
    if not rows:
        raise ValueError("the dictionary places no character of these names; lower its threshold")
    table = np.array(rows, dtype=np.float64)
    return Alignment(
        row=table[:, 0].astype(np.int64),
        points=table[:, 1].astype(bool),
        chance=table[:, 2],
        needed=table[:, 3].astype(bool),
        needed_chance=table[:, 4],
        needed_right=table[:, 5].astype(bool),
        word_chance=table[:, 6],
    )
