"""The parts that need no sandbox: the filter as a program, lines in pipes, user ids, places."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.exercises.sandbox import landlock, places
from lablib.exercises.sandbox.channel import Channel, FloodError, GoneError, HungError
from lablib.exercises.sandbox.inside import confine
from lablib.exercises.sandbox.uids import COUNT, FIRST, Lease

ALLOWED, REFUSED, ABSENT, KILLED = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
Program = list[tuple[int, int, int, int]]


def verdict(program: Program, machine: int, number: int, *arguments: int) -> int:
    """Run the filter on one call: a small machine for its five operations."""
    words = {0: number, 4: machine} | {16 + 8 * i: value for i, value in enumerate(arguments)}
    place, register = 0, 0
    while True:
        code, yes, no, operand = program[place]
        place += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            register = words.get(operand, 0)
        else:
            holds = {0x15: register == operand, 0x35: register >= operand}.get(
                code, bool(register & operand)
            )
            place += yes if holds else no


@pytest.mark.parametrize(
    ("machine", "numbers"),
    [
        ("x86_64", {"read": 0, "mmap": 9, "socket": 41, "clone": 56, "fork": 57, "kill": 62,
                    "fcntl": 72, "prctl": 157, "prlimit": 302, "ioctl": 16}),
        ("aarch64", {"read": 63, "mmap": 222, "socket": 198, "clone": 220, "kill": 129,
                     "fcntl": 25, "prctl": 167, "prlimit": 261, "ioctl": 29}),
    ],
)  # fmt: skip
def test_the_filter_refuses_what_it_should(machine: str, numbers: dict[str, int]) -> None:
    program, audit = confine.program(machine), confine.MACHINES[machine][0]

    def of(name: str, *arguments: int) -> int:
        return verdict(program, audit, numbers[name], *arguments)

    assert of("read") == of("mmap") == ALLOWED
    assert of("socket") == of("kill") == REFUSED
    assert of("clone", 0x3D0F00) == ALLOWED  # a thread
    assert of("clone", 0x01200011) == of("clone", 0x4111) == REFUSED  # fork, vfork
    assert verdict(program, audit, 435) == ABSENT
    assert of("prctl", 1) == REFUSED
    assert of("prctl", 38) == ALLOWED
    assert of("prlimit", 0) == ALLOWED
    assert of("prlimit", 4711) == REFUSED
    assert [of("fcntl", 3, command) for command in (8, 10, 15)] == [REFUSED] * 3
    assert of("fcntl", 3, 3) == of("ioctl", 3, 0x5401) == ALLOWED
    assert of("ioctl", 3, 0x8901) == REFUSED
    assert verdict(program, audit ^ 1, numbers["read"]) == KILLED
    assert len(program) < 4096


def test_the_other_calling_convention_is_killed() -> None:
    program = confine.program("x86_64")
    assert verdict(program, 0xC000003E, 0x40000000 + 1) == KILLED


@given(number=st.integers(0, 500))
@settings(max_examples=50, database=None)
def test_only_listed_calls_are_touched(number: int) -> None:
    listed = {entry[1] for entry in confine.REFUSED} | {435}
    looked_into = {56, 302} | {entry[0] for entry in confine.REFUSED_VALUES}
    got = verdict(confine.program("x86_64"), 0xC000003E, number)
    if number not in looked_into:
        assert (got == ALLOWED) == (number not in listed)


def pipes(longest: int = 1000) -> tuple[Channel, int, int]:
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    return Channel(ours_out, ours_in, longest=longest), theirs_in, theirs_out


def test_lines_arrive_whole_and_in_order() -> None:
    channel, theirs_in, theirs_out = pipes()
    os.write(theirs_out, b"one\ntwo\nthr")
    assert [channel.receive(1), channel.receive(1)] == ["one", "two"]
    os.write(theirs_out, b"ee\n\xff\n")
    assert channel.receive(1) == "three"
    assert channel.receive(1) == "\ufffd"
    channel.send("fünf", 1)
    assert os.read(theirs_in, 99) == "fünf\n".encode()
    channel.close()
    os.close(theirs_in)
    os.close(theirs_out)


def test_silence_flood_and_absence_are_told_apart() -> None:
    channel, theirs_in, theirs_out = pipes(longest=10)
    with pytest.raises(HungError):
        channel.receive(0.01)
    with pytest.raises(HungError):
        channel.send("x" * 10**6, 0.01)
    os.write(theirs_out, b"x" * 11)
    with pytest.raises(FloodError):
        channel.receive(1)
    assert not channel.closed_by_peer()
    os.close(theirs_out)
    os.close(theirs_in)
    assert channel.closed_by_peer()
    with pytest.raises(GoneError):
        channel.send("x", 1)
    channel.close()


def test_a_dead_end_is_gone() -> None:
    channel, theirs_in, theirs_out = pipes()
    os.close(theirs_out)
    with pytest.raises(GoneError):
        channel.receive(1)
    channel.close()
    os.close(theirs_in)


def test_no_two_leases_have_the_same_user() -> None:
    leases = [Lease(COUNT - 1) for _ in range(3)]
    users = {lease.uid for lease in leases}
    assert len(users) == 3
    assert all(FIRST <= user < FIRST + COUNT for user in users)
    for lease in leases:
        lease.release()
        lease.release()
    again = Lease(COUNT - 1)
    assert again.uid in users
    again.release()


def test_landlock_allows_around_what_is_hidden(tmp_path: Path) -> None:
    """A hidden folder stays hidden, its neighbours on every level do not."""
    hidden = tmp_path / "lib" / "site-packages" / "lablib"
    for path in (hidden, hidden.parent / "numpy", tmp_path / "lib" / "other"):
        path.mkdir(parents=True)
    found = places.Places("", (str(tmp_path / "lib"),), (), (str(hidden),), ())
    rules = landlock._rules(found, None)
    assert not any(str(hidden).startswith(path) for path in rules["read"])
    for path in ("site-packages/numpy", "other"):
        assert str(tmp_path / "lib" / path) in rules["read"]
    assert rules["list"] == [str(tmp_path / "lib"), str(hidden.parent)]
    assert rules["write"] == []


def test_linked_packages_are_shown_where_they_really_are(tmp_path: Path) -> None:
    store, library = tmp_path / "store", tmp_path / "site-packages"
    for name in ("whole", "by_file"):
        (store / name).mkdir(parents=True)
        (store / name / "__init__.py").touch()
    (library / "by_file").mkdir(parents=True)
    (library / "whole").symlink_to(store / "whole")
    (library / "by_file" / "__init__.py").symlink_to(store / "by_file" / "__init__.py")
    assert sorted(places._linked(str(library))) == [str(store / "by_file"), str(store / "whole")]


def test_only_the_outermost_folders_are_kept() -> None:
    assert places._outermost(["/a/b", "/a", "/ab", "/a/b/c"]) == ("/a", "/ab")


def test_the_package_and_its_exercises_are_never_shown() -> None:
    found = places.find()
    ours = str(Path(landlock.__file__).parents[2])
    for path in found.read:
        inside = ours == path or ours.startswith(path + "/")
        assert not inside or any(ours.startswith(hidden) for hidden in found.hidden)
