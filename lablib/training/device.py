"""Where to compute, in which precision, from which random state.

A device or precision that is asked for and not there is an error, never a silent fallback.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import Tensor

from lablib.training.config import DeviceName, Precision


def choose_device(name: DeviceName = "auto", *, local_rank: int = 0) -> torch.device:
    """Return the device called `name`; `"auto"` is the fastest kind present.

    Parameters
    ----------
    name
        `"auto"`, `"cpu"`, `"cuda"` or `"mps"`.
    local_rank
        Which CUDA device, when several processes share a machine.

    Raises
    ------
    ValueError
        If the named device is not there, or has no card numbered `local_rank`.

    Examples
    --------
    >>> choose_device("cpu")
    device(type='cpu')
    """
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    kind = next(kind for kind in present if present[kind]) if name == "auto" else name
    if not present[kind]:
        built = "" if getattr(torch.backends, kind).is_built() else ", and this torch lacks it"
        raise ValueError(
            f"device={name!r} must be present: torch {torch.__version__} sees none{built}; "
            "pass device='auto' or 'cpu', or install the torch build for that device"
        )
    if kind != "cuda":
        return torch.device(kind)
    if local_rank >= torch.cuda.device_count():
        raise ValueError(
            f"device='cuda' must offer a card to each process: local rank {local_rank} finds "
            f"{torch.cuda.device_count()}; lower --nproc-per-node or pass device='cpu'"
        )
    return torch.device("cuda", local_rank)


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[object]:
    """Return the context to compute losses in: plain for fp32, mixed precision for bf16.

    In bf16 matrix products run in bfloat16 (8 bits of mantissa), while weights, gradients and
    sums stay in fp32; no loss scaling is needed, its range being that of fp32.

    Raises
    ------
    ValueError
        If the device cannot multiply in bfloat16.
    """
    if precision == "fp32":
        return nullcontext()
    if not _multiplies_in_bf16(device):
        raise ValueError(
            f"precision='bf16' must be supported by the device, and {device} does not; "
            "pass precision='fp32'"
        )
    return torch.autocast(device.type, dtype=torch.bfloat16)


def _multiplies_in_bf16(device: torch.device) -> bool:
    """Try one product: the supported list differs by device, driver and torch version."""
    one = torch.ones(1, 1, device=device)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns and falls back to fp32; we look instead
        try:
            with torch.autocast(device.type, dtype=torch.bfloat16):
                return (one @ one).dtype == torch.bfloat16
        except RuntimeError:
            return False


def random_state(device: torch.device) -> dict[str, Tensor]:
    """Return the state of torch's generators: the processor's and the device's own."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    if device.type == "mps":
        state["mps"] = torch.mps.get_rng_state()
    return state


def set_random_state(device: torch.device, state: dict[str, Tensor]) -> None:
    """Put torch's generators back to a state from `random_state` of the same kind of device."""
    torch.set_rng_state(state["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(state["cuda"], device)
    if device.type == "mps":
        torch.mps.set_rng_state(state["mps"])


@contextmanager
def seeded(device: torch.device, seed: int) -> Iterator[None]:
    """Seed torch for the body of a `with`; afterwards the caller's generators are as before."""
    before = random_state(device)
    torch.manual_seed(seed)
    try:
        yield
    finally:
        set_random_state(device, before)
