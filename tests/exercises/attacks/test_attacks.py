"""What a hostile class gets: each row what it deserves, and nobody else anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import cache

import pytest

from lablib.exercises.sandbox import tiers
from tests.exercises.attacks import forging, handing_in, harming
from tests.exercises.attacks.conftest import Ran, attacked
from tests.exercises.attacks.rows import TIERS, Attack

ROWS = [*forging.ROWS, *harming.ROWS, *handing_in.ROWS]
CASES = [(tier, attack) for tier in TIERS for attack in ROWS if tier in attack.tiers]
PATIENCE = 240.0
Run = Callable[[str], Ran]
# One class a tier is graded once for all rows, so its rows stay in one test process.
GROUPS = {tier: pytest.mark.xdist_group(f"attacks-{tier}") for tier in TIERS}
BY_TIER = pytest.mark.parametrize(
    "tier", [pytest.param(tier, marks=mark) for tier, mark in GROUPS.items()]
)


@pytest.fixture(scope="module")
def ran() -> Run:
    """The class of a tier, graded once; skips where the tier does not work."""

    @cache
    def grade(tier: str) -> Ran:
        return attacked([attack for attack in ROWS if tier in attack.tiers], tier)

    def run(tier: str) -> Ran:
        if reason := tiers.trouble(tier):
            pytest.skip(f"no {tier} sandbox on this machine: {reason.splitlines()[0]}")
        return grade(tier)

    return run


@pytest.mark.parametrize(
    ("tier", "attack"),
    [
        pytest.param(tier, attack, id=f"{tier}-{attack.name}", marks=GROUPS[tier])
        for tier, attack in CASES
    ],
)
def test_each_attack_gets_what_it_deserves(ran: Run, tier: str, attack: Attack) -> None:
    row = ran(tier).row(attack)
    said = [row["problem"], *row["notes"]]
    said += [f"{check['sentence']} ({check['detail']})" for check in row["checks"]]
    assert row["score"] == attack.score, said
    assert row["state"] in attack.state, (row["state"], said)
    assert any(attack.says in text for text in said), said
    assert all(len(text) < 700 and text.isprintable() for text in said), said
    assert row["state"] != "broken check", said
    assert attack.name not in ran(tier).arrived
    assert attack.name not in ran(tier).planted


@BY_TIER
def test_nothing_is_left_of_a_hostile_class(ran: Run, tier: str) -> None:
    got = ran(tier)
    assert got.children == []
    assert got.scratch == []
    assert set(got.planted) == {"secret", "seed"}
    assert got.planted["secret"] == "s3cret"
    assert got.class_before == got.class_after
    assert got.wall < PATIENCE


@BY_TIER
def test_everyone_has_a_row_and_no_cell_is_a_formula(ran: Run, tier: str) -> None:
    got = ran(tier)
    assert {one["learner"] for one in got.found["learners"]} == set(got.expected)
    table = list(csv.reader(io.StringIO(got.table)))
    assert len(table) == len(got.expected) + 1
    assert not any(cell[:1] in set("=+-@\t\r") for line in table for cell in line)
    assert got.summary.sandbox == tier
    assert "s3cret" not in got.table
    assert "s3cret" not in str(got.found)


def test_the_threats_are_real_without_a_sandbox() -> None:
    """Each of these earns full marks in a plain process, so a refusal above means something."""
    bare = [attack for attack in ROWS if attack.bare]
    got = attacked([*bare, forging.CONTROLS[0]], "none")
    assert {attack.name: got.row(attack)["score"] for attack in bare} == {
        attack.name: 4 for attack in bare
    }
    assert sorted(got.arrived) == sorted(
        attack.name for attack in bare if attack in harming.SOCKETS
    )


def test_how_many_rows_there_are() -> None:
    names = [attack.name for attack in ROWS]
    assert len(names) == len(set(names)) >= 60


if __name__ == "__main__":
    for one in TIERS:
        result = attacked([attack for attack in ROWS if one in attack.tiers], one)
        print(f"{one}: {len(result.expected)} rows, {result.cpu:.1f} CPU s, {result.wall:.1f} s")
