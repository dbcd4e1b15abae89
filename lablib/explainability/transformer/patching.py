"""Activation patching: put one state of a clean run into a corrupted one, and see what comes back.

Meng et al. (2022), Wang et al. (2023). With d the logit of the clean answer minus that of the
corrupted one, `restored = (d_patched - d_corrupted) / (d_clean - d_corrupted)`: 0 is the corrupted
run, 1 the clean one. Destroying the corrupted answer alone already lifts d, so a share counts
only beside that of a state which knows nothing of the clean answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lablib.explainability.transformer.states import (
    blocks_of,
    changed,
    changed_input,
    continued,
    logits_of,
    states_and_logits,
)


@dataclass(frozen=True)
class Pairs:
    """N clean and corrupted prompts of equal length `(N, T)`, and the answer `(N,)` of each."""

    clean: Tensor
    corrupted: Tensor
    clean_answer: Tensor
    corrupted_answer: Tensor

    def __post_init__(self) -> None:
        if self.clean.shape != self.corrupted.shape:
            raise ValueError(
                f"clean is {tuple(self.clean.shape)} and corrupted {tuple(self.corrupted.shape)}: "
                "positions must mean the same in both; choose prompts of equal length"
            )

    def difference(self, logits: Tensor) -> Tensor:
        """Logit of the clean answer minus that of the corrupted one `(N,)`, at the last position.

        Parameters
        ----------
        logits
            `(N, T, V)`, or `(N, V)` of the last position.
        """
        last = logits[:, -1] if logits.ndim == 3 else logits
        rows = torch.arange(len(last))
        return last[rows, self.clean_answer] - last[rows, self.corrupted_answer]


@torch.no_grad()
def patched_logits(
    model: nn.Module, ids: Tensor, source: Tensor, *, layer: int, positions: Sequence[int] | None
) -> Tensor:
    """Logits `(N, T, V)` of `ids` with the state of one layer taken from `source` at `positions`.

    Parameters
    ----------
    model, ids
        As for `states.states_and_logits`.
    source
        `(N, T, D)`: the state of the same layer in another run.
    layer
        0 to L.
    positions
        Which of the T positions to replace; an empty list replaces none, None all.
    """
    place = torch.zeros(ids.shape[1], dtype=torch.bool)
    place[list(range(ids.shape[1]) if positions is None else positions)] = True

    def mix(state: Tensor) -> Tensor:
        return torch.where(place[:, None].to(state.device), source, state)

    with changed(blocks_of(model), layer, mix):
        return logits_of(model(ids))


def restored(patched: Tensor, clean: Tensor, corrupted: Tensor) -> Tensor:
    """Share of the clean difference that a patch brings back, `(N,)`: 0 none, 1 all of it.

    Parameters
    ----------
    patched, clean, corrupted
        Logit differences `(N,)` of the three runs.

    Raises
    ------
    ValueError
        If clean and corrupted run differ by nothing: then there is nothing to restore.

    >>> restored(torch.tensor([3.0]), torch.tensor([4.0]), torch.tensor([-4.0])).tolist()
    [0.875]
    """
    whole = clean - corrupted
    if bool((whole == 0).any()):
        raise ValueError("clean and corrupted run give the same difference; nothing to restore")
    return (patched - corrupted) / whole


def restored_by_state(
    model: nn.Module,
    pairs: Pairs,
    *,
    layers: Sequence[int],
    positions: Sequence[int],
    source: Tensor | None = None,
) -> Tensor:
    """Restored share `(layers, positions, N)` for every layer and position patched alone.

    Parameters
    ----------
    model, pairs
        As above.
    layers, positions
        Where to patch; negative positions count from the end.
    source
        Prompts `(N, T)` whose states are put in; None takes the clean ones. Unrelated prompts
        are the control.
    """
    clean = pairs.difference(states_and_logits(model, pairs.clean)[1])
    own, logits = states_and_logits(model, pairs.corrupted)
    corrupted = pairs.difference(logits)
    given = states_and_logits(model, pairs.clean if source is None else source)[0]
    found = torch.empty(len(layers), len(positions), len(clean))
    for row, layer in enumerate(layers):
        for column, position in enumerate(positions):
            state = own[layer].clone()
            state[:, position] = given[layer][:, position]
            logits = continued(model, state, layer)
            found[row, column] = restored(pairs.difference(logits), clean, corrupted)
    return found


def everything_and_nothing(model: nn.Module, pairs: Pairs, *, layer: int) -> tuple[float, float]:
    """Largest deviations from the clean and the corrupted run when all, or nothing, is patched.

    Both are 0 for right code: the states of all positions decide everything that follows.

    Parameters
    ----------
    model, pairs
        Any causal language model and its pairs.
    layer
        Which state.
    """
    states, clean = states_and_logits(model, pairs.clean)
    _, corrupted = states_and_logits(model, pairs.corrupted)
    ids, source = pairs.corrupted, states[layer]
    everything = patched_logits(model, ids, source, layer=layer, positions=None)
    nothing = patched_logits(model, ids, source, layer=layer, positions=[])
    return float((everything - clean).abs().max()), float((nothing - corrupted).abs().max())


@torch.no_grad()
def head_outputs(model: nn.Module, ids: Tensor) -> Tensor:
    """What each head of this course's decoder adds, before mixing: `(L, N, T, H, D / H)`.

    Parameters
    ----------
    model, ids
        A `lablib.models.decoder.Decoder`, and tokens `(N, T)`.
    """
    found: list[Tensor] = []
    handles = [
        block.attention.out.register_forward_pre_hook(lambda _, args: found.append(args[0]))
        for block in blocks_of(model)
    ]
    try:
        model(ids)
    finally:
        for handle in handles:
            handle.remove()
    heads: int = blocks_of(model)[0].attention.heads
    stacked = torch.stack(found)  # (L, N, T, D)
    return stacked.reshape(*stacked.shape[:-1], heads, -1)


@torch.no_grad()
def with_head(
    model: nn.Module, ids: Tensor, value: Tensor, *, layer: int, head: int, position: int | None
) -> Tensor:
    """Logits `(N, T, V)` with the output of one head replaced.

    Parameters
    ----------
    model, ids
        As for `head_outputs`.
    value
        What the head gives instead, broadcastable to `(N, T, D / H)`.
    layer, head
        Which head.
    position
        Replace it at this position only; None: everywhere. The mean over other inputs, everywhere,
        ablates the head.
    """
    block = blocks_of(model)[layer]
    heads: int = block.attention.heads

    def replace(joined: Tensor) -> Tensor:  # (N, T, D)
        split = joined.reshape(*joined.shape[:-1], heads, -1).clone()
        where = slice(None) if position is None else position
        filled = value.expand(*split.shape[:2], split.shape[-1])
        split[:, where, head] = filled[:, where]
        return split.reshape(joined.shape)

    with changed_input(block.attention.out, replace):
        return logits_of(model(ids))
