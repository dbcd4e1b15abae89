"""Other ways to read a name off a translator than the likeliest character each time.

Beam search keeps the k most probable beginnings instead of one; sampling draws each character.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lablib.language_models.translation.name_pairs import END, PAD, START
from lablib.language_models.translation.translator import CONTEXT, Translator
from lablib.models.generation import sampling_probabilities


@dataclass(frozen=True)
class Written:
    """What was written, and the log-probability (nats) that the model gives each name."""

    names: list[str]
    log_probability: list[float]


@torch.no_grad()
def beam_search(
    translator: Translator, names: Sequence[str], *, beams: int, longest: int = CONTEXT - 1
) -> Written:
    """Write each name as the most probable of the `beams` beginnings kept at each step.

    One beam is greedy decoding. Log-probabilities are not divided by the length, so short names are
    favoured, as the model itself favours them. The search of a name ends when its best beam has
    ended, or after `longest` tokens.

    Parameters
    ----------
    translator, names
        Who writes, and N English names.
    beams
        Beginnings kept at each step.
    longest
        Most tokens of a name, its end included.

    Raises
    ------
    ValueError
        If `beams` is below 1.
    """
    if beams < 1:
        raise ValueError(f"beams is {beams}; a search keeps at least one beginning")
    model, source = translator.model, translator.read(names)
    mask = source != PAD
    rows, vocabulary = len(source), len(translator.target)
    memory = model.encode(source, mask).repeat_interleave(beams, 0)  # (B k, S, D)
    mask = mask.repeat_interleave(beams, 0)
    target = source.new_full((rows * beams, 1), START)
    total = torch.zeros(rows, beams, device=source.device)
    total[:, 1:] = -torch.inf  # all beginnings are equal yet, so only one counts
    for _ in range(longest):
        ended = (target == END).any(1)
        step = model.decode(target, memory, mask)[:, -1].log_softmax(-1)  # (B k, V)
        step[ended] = -torch.inf
        step[ended, PAD] = 0.0
        grown = (total[:, :, None] + step.view(rows, beams, vocabulary)).flatten(1)  # (B, k V)
        total, best = grown.topk(beams, dim=1)  # sorted, best first
        parents = torch.arange(rows, device=best.device)[:, None] * beams + best // vocabulary
        target = torch.cat([target[parents.flatten()], (best % vocabulary).view(-1, 1)], dim=1)
        if (target.view(rows, beams, -1)[:, 0] == END).any(1).all():
            break
    first = target.view(rows, beams, -1)[:, 0]
    return Written([translator.target.decode(row) for row in first.tolist()], total[:, 0].tolist())


@torch.no_grad()
def sample(
    translator: Translator,
    names: Sequence[str],
    *,
    seed: int,
    temperature: float = 1.0,
    longest: int = CONTEXT - 1,
) -> Written:
    """Write each name by drawing every character from the model's probabilities.

    `log_probability` is under the model itself, whatever the temperature.

    Parameters
    ----------
    translator, names
        Who writes, and N English names.
    seed
        Of the draws.
    temperature
        Below 1 sharpens, above 1 flattens; 0 is greedy.
    longest
        Most tokens of a name, its end included.
    """
    model, source = translator.model, translator.read(names)
    mask, rng = source != PAD, torch.Generator(device=source.device).manual_seed(seed)
    memory, cache = model.encode(source, mask), model.new_cache()
    token = source.new_full((len(source), 1), START)
    total = torch.zeros(len(source), device=source.device)
    ended = torch.zeros(len(source), dtype=torch.bool, device=source.device)
    written: list[Tensor] = []
    for _ in range(longest):
        logits = model.decode(token, memory, mask, cache=cache)[:, -1]  # (B, V)
        chances = sampling_probabilities(logits, temperature=temperature)
        token = torch.multinomial(chances, 1, generator=rng).masked_fill(ended[:, None], PAD)
        gained = logits.log_softmax(-1).gather(1, token)[:, 0]
        total += gained.masked_fill(ended, 0.0)
        written.append(token)
        ended = ended | (token[:, 0] == END)
        if ended.all():
            break
    rows = torch.cat(written, dim=1).tolist()
    return Written([translator.target.decode(row) for row in rows], total.tolist())
