"""The project itself keeps every rule."""

from pathlib import Path

import pytest

from tools.gates import NAMES, run

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", NAMES)
def test_the_repository_passes(name):
    found, _ = run(ROOT, [name])
    assert not found[name], "\n".join(map(str, found[name]))


@pytest.mark.parametrize("name", NAMES)
def test_every_gate_has_planted_violations(name):
    assert (Path(__file__).parent / f"test_{name}.py").is_file()
