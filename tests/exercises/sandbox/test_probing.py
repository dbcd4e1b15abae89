from __future__ import annotations

import pytest

from lablib.exercises.sandbox import Probe, probe, probing, tiers
from lablib.exercises.sandbox.limits import Limits


def test_every_tier_is_tried_and_says_what_was_seen() -> None:
    found = probe()
    assert [each.name for each in found] == list(tiers.TIERS)
    for each in found:
        assert each.ok != bool(each.fix)
        assert each.seen
        print(each)


def test_a_leaking_sandbox_is_found_out() -> None:
    """The probe is aimed at a plain process, where everything it tries succeeds."""
    with tiers.open_with(Limits(seconds=10, memory_mb=500), tier="none") as session:
        faults = probing._faults(session)
    words = "; ".join(faults)
    for fault in ("files outside can be read", "network can be reached", "processes could be"):
        assert fault in words


def test_a_tier_that_does_not_start_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers, "trouble", lambda tier: "setting up uid map: Permission denied")
    found = probe()
    assert not any(each.ok for each in found)
    assert all(each.fix for each in found)


def test_the_line_of_a_probe_ends_with_its_fix() -> None:
    assert str(Probe("bwrap", False, "absent", "install it")).endswith("fix: install it")
