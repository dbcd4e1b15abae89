"""Read and change what flows through a Transformer, with torch's hooks.

The state of layer l is the residual stream `(N, T, D)` after l blocks: 0 is what enters the first
block, L what leaves the last one. Hooks see the model that runs, not a copy written again, and they
are removed when the `with` ends, also after an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn

_PLACES = ("blocks", "encoder.layer", "model.layers", "layers", "transformer.h")
Change = Callable[[Tensor], Tensor]


def blocks_of(model: nn.Module) -> list[Any]:
    """The Transformer blocks of a model, first to last.

    Knows the decoder and encoder of this course and the usual names in transformers.

    Raises
    ------
    ValueError
        If none of the known places holds a list of blocks.
    """
    for place in _PLACES:
        found: Any = model
        for part in place.split("."):
            found = getattr(found, part, None)
        if isinstance(found, nn.ModuleList) and len(found):
            return list(found)
    raise ValueError(
        f"model is a {type(model).__name__} without a list of blocks at {', '.join(_PLACES)}; pass "
        "the part of it that has one"
    )


@contextmanager
def recorded(blocks: Sequence[nn.Module]) -> Iterator[list[Tensor]]:
    """Collect the L + 1 states of whatever runs inside the `with`, one run.

    Parameters
    ----------
    blocks
        L blocks from `blocks_of`.

    Examples
    --------
    >>> from lablib.models.decoder import Decoder
    >>> model = Decoder(9, context=4, width=8, heads=2, layers=3, seed=0)
    >>> with recorded(blocks_of(model)) as states:
    ...     _ = model(torch.zeros(2, 4, dtype=torch.int64))
    >>> len(states), tuple(states[0].shape)
    (4, (2, 4, 8))
    """
    states: list[Tensor] = []

    def enter(_: nn.Module, args: tuple[Any, ...]) -> None:
        states.append(args[0])

    def leave(_: nn.Module, __: Any, output: Any) -> None:
        states.append(output if isinstance(output, Tensor) else output[0])

    with ExitStack() as stack:
        for block in blocks:
            stack.callback(block.register_forward_pre_hook(enter).remove)
        stack.callback(blocks[-1].register_forward_hook(leave).remove)
        yield states


@contextmanager
def changed(blocks: Sequence[nn.Module], layer: int, change: Change) -> Iterator[None]:
    """Let `change` rewrite the state of one layer in every run inside the `with`.

    Parameters
    ----------
    blocks
        L blocks.
    layer
        0 to L.
    change
        Takes the state `(N, T, D)` and returns the one to go on with.

    Raises
    ------
    ValueError
        If there is no such layer.
    """
    if not 0 <= layer <= len(blocks):
        raise ValueError(f"layer is {layer}; there are states 0 to {len(blocks)}")

    def enter(_: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
        return (change(args[0]), *args[1:])

    def leave(_: nn.Module, __: Any, output: Any) -> Any:
        return change(output) if isinstance(output, Tensor) else (change(output[0]), *output[1:])

    if layer < len(blocks):
        handle = blocks[layer].register_forward_pre_hook(enter)
    else:
        handle = blocks[-1].register_forward_hook(leave)
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def changed_input(module: nn.Module, change: Change) -> Iterator[None]:
    """Let `change` rewrite the first argument of a module, such as heads before they are mixed.

    Parameters
    ----------
    module
        Called with a tensor as its first argument.
    change
        Takes that tensor and returns the one to go on with.
    """
    handle = module.register_forward_pre_hook(lambda _, args: (change(args[0]), *args[1:]))
    try:
        yield
    finally:
        handle.remove()


@torch.no_grad()
def states_and_logits(model: nn.Module, ids: Tensor) -> tuple[Tensor, Tensor]:
    """States `(L + 1, N, T, D)` and logits `(N, T, V)` of one run.

    Parameters
    ----------
    model
        A causal language model: this course's decoder, or one of transformers.
    ids
        `(N, T)`, no padding.
    """
    with recorded(blocks_of(model)) as states:
        logits = logits_of(model(ids))
    return torch.stack(states), logits


@torch.no_grad()
def continued(model: nn.Module, state: Tensor, layer: int) -> Tensor:
    """Logits `(N, T, V)` if the state of one layer is this: the rest of the model, written out.

    The same as rewriting that state with `changed`, without the blocks below.

    Parameters
    ----------
    model
        This course's decoder, or a model laid out like LLaMA; no padding.
    state
        `(N, T, D)`.
    layer
        0 to L: which state it is.

    Examples
    --------
    >>> from lablib.models.decoder import Decoder
    >>> model = Decoder(9, context=4, width=8, heads=2, layers=3, seed=0)
    >>> states, logits = states_and_logits(model, torch.tensor([[1, 2, 3]]))
    >>> bool((continued(model, states[1], 1) - logits).abs().max() < 1e-6)
    True
    """
    norm, unembedding = readout(model)
    options: dict[str, Any] = {}
    rotary = getattr(getattr(model, "model", None), "rotary_emb", None)
    if rotary is not None:  # positions are turned into each block's queries and keys
        places = torch.arange(state.shape[1], device=state.device)[None]
        options["position_embeddings"] = rotary(state, places)
    for block in blocks_of(model)[layer:]:
        output = block(state, **options)
        state = output if isinstance(output, Tensor) else output[0]
    logits: Tensor = norm(state) @ unembedding.T
    return logits


def readout(model: nn.Module) -> tuple[Callable[[Tensor], Tensor], Tensor]:
    """Final norm and output matrix `(V, D)` of a causal language model.

    Raises
    ------
    ValueError
        If the model is neither this course's decoder nor laid out like LLaMA.
    """
    inner: Any = getattr(model, "model", model)
    table: Any = getattr(model, "lm_head", getattr(inner, "embedding", None))
    if getattr(inner, "norm", None) is None or table is None:
        raise ValueError(f"{type(model).__name__} has no final norm and output matrix known here")
    return inner.norm, table.weight


def logits_of(output: Any) -> Tensor:
    """The logits of what a model returned: itself, or its field `logits`."""
    found: Tensor = getattr(output, "logits", output)
    return found
