import contextlib

import pytest
import torch

from lablib.training import device as module
from lablib.training.device import autocast, choose_device, random_state, seeded, set_random_state

CPU = torch.device("cpu")


def test_auto_prefers_cuda_then_mps(monkeypatch: pytest.MonkeyPatch) -> None:
    for cuda, mps, expected in [
        (True, True, "cuda"),
        (False, True, "mps"),
        (False, False, "cpu"),
    ]:
        monkeypatch.setattr(torch.cuda, "is_available", lambda value=cuda: value)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda value=mps: value)
        assert choose_device("auto").type == expected


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_an_absent_device_is_explained(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getattr(torch, name), "is_available", lambda: False)
    monkeypatch.setattr(getattr(torch.backends, name), "is_available", lambda: False, raising=False)
    with pytest.raises(ValueError, match=f"device='{name}' must be present.*pass device='auto'"):
        choose_device(name)  # type: ignore[arg-type]


def test_a_process_without_a_card_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device("cuda", local_rank=1) == torch.device("cuda", 1)
    with pytest.raises(ValueError, match="local rank 2 finds 2.*lower --nproc-per-node"):
        choose_device("cuda", local_rank=2)


def test_precision_decides_the_type_of_products() -> None:
    one = torch.ones(2, 2)
    with autocast(CPU, "fp32"):
        assert (one @ one).dtype == torch.float32
    with autocast(CPU, "bf16"):
        assert (one @ one).dtype == torch.bfloat16


def test_a_device_without_bf16_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_multiplies_in_bf16", lambda device: False)
    with pytest.raises(ValueError, match="precision='bf16' must be supported.*precision='fp32'"):
        autocast(CPU, "bf16")


def test_a_probe_that_fails_means_no(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise RuntimeError("no bfloat16 here")

    assert module._multiplies_in_bf16(CPU)
    monkeypatch.setattr(torch, "autocast", refuse)
    assert not module._multiplies_in_bf16(CPU)


def test_random_state_goes_back() -> None:
    state = random_state(CPU)
    first = torch.rand(3)
    set_random_state(CPU, state)
    assert torch.equal(torch.rand(3), first)


def test_seeding_ends_with_the_block_even_after_an_error() -> None:
    state = torch.get_rng_state()
    with seeded(CPU, 1):
        first = torch.rand(3)
    with contextlib.suppress(KeyboardInterrupt), seeded(CPU, 1):
        assert torch.equal(torch.rand(3), first)
        raise KeyboardInterrupt
    assert torch.equal(torch.get_rng_state(), state)
