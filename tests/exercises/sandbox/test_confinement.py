"""What a worker must not be able to reach, tried from inside a real one."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lablib.exercises import declare
from lablib.exercises.sandbox import Session, places, tiers
from lablib.exercises.sandbox.limits import Limits

Call = Callable[..., dict[str, Any]]
INSIDE = textwrap.dedent(
    """
    import ctypes, fcntl, mmap, os, resource, socket, subprocess, sys, threading, time

    def read(path):
        with open(path, "rb") as stream: return len(stream.read(100))
    def write(path):
        with open(path, "w") as stream: stream.write("mark")
    def names(path): return sorted(os.listdir(path))
    def environment(): return dict(os.environ)
    def connect(port): socket.create_connection(("127.0.0.1", port), timeout=1)
    def datagram(port):
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"mark", ("127.0.0.1", port))
    def abstract(name): socket.socket(socket.AF_UNIX).connect("\\0" + name)
    def fork(): return os.fork()
    def spawn(): return subprocess.run([sys.executable, "-c", "1"]).returncode
    def replace(): os.execv(sys.executable, [sys.executable, "-c", "1"])
    def kill(pid, number): os.kill(pid, number)
    def kill_parent(): os.kill(os.getppid(), 9)
    def own_signal(): os.kill(os.getpid(), 19)
    def signal_by_owner(pid):
        reader, writer = os.pipe()
        fcntl.fcntl(reader, fcntl.F_SETOWN, pid)
    def caps_of_other(pid): resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1))
    def threads():
        kept = []
        try:
            for _ in range(5000):
                kept.append(threading.Thread(target=time.sleep, args=(1,), daemon=True))
                kept[-1].start()
        except RuntimeError: pass
        return len(kept)
    def raise_limit(): resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))
    def become_root(): os.setuid(0)
    def ids(): return [os.getuid(), os.geteuid(), os.getgid(), os.getgroups()]
    def namespace():
        libc = ctypes.CDLL(None, use_errno=True)
        return [libc.unshare(flag) for flag in (0x10000000, 0x40000000, 0x20000)]
    def hidden_memory(): return os.memfd_create("x")
    def survive_parent(): return ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
    def open_mode(path): os.chmod(path, 0o777)
    def scratch():
        with open("note", "w") as stream: stream.write("kept")
        return open("note").read()
    def link(): os.link(sys.modules["lablib.exercises.wire"].__file__, "linked")
    def symlink(path):
        os.symlink(path, "way"); return open("way").read()
    def device(): os.mknod("disk", 0o60600, os.makedev(8, 0))
    """
)
REFUSED = {"PermissionError", "OSError", "FileNotFoundError", "ProcessLookupError"}


@pytest.fixture(scope="module")
def session(tier: str) -> Iterator[Session]:
    with tiers.open_with(Limits(seconds=5, memory_mb=400, total_seconds=60), tier=tier) as session:
        session.load([INSIDE])
        yield session


@pytest.fixture
def planted() -> Iterator[Path]:
    """A folder that everyone on the machine may enter, with a file that everyone may read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        (folder / "secret").write_text("s3cret")
        (folder / "secret").chmod(0o666)
        yield folder


def refused(reply: dict[str, Any]) -> bool:
    return bool(REFUSED & set(reply.get("types", ())))


@pytest.mark.parametrize("name", ["read", "write", "open_mode", "symlink"])
def test_files_outside_are_out_of_reach(
    session: Session, call: Call, planted: Path, name: str
) -> None:
    assert refused(call(session, name, str(planted / "secret")))
    assert (planted / "secret").read_text() == "s3cret"
    assert (planted / "secret").stat().st_mode & 0o777 == 0o666


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "/etc/hostname", "/proc/self/environ", "/proc/1/environ", "/root", "/home"],
)
def test_the_system_is_out_of_reach(session: Session, call: Call, path: str) -> None:
    if call(session, "names", path).get("value"):  # bubblewrap makes empty parents of mounts
        assert path in {"/root", "/home"}
        for name in call(session, "names", path)["value"]:
            assert any(shown.startswith(f"{path}/{name}") for shown in places.find().read)
    assert refused(call(session, "read", path))


def test_exercises_are_out_of_reach(session: Session, call: Call) -> None:
    exercise = next(declare.root().glob("*/*/checks.py"))
    assert refused(call(session, "read", str(exercise)))
    assert refused(call(session, "names", str(declare.root())))
    assert refused(call(session, "read", declare.__file__))


def test_new_files_appear_only_in_its_own_folder(session: Session, call: Call) -> None:
    assert call(session, "scratch")["value"] == "kept"
    for folder in ("/", "/tmp", "/worker", "/dev", os.path.dirname(places.find().python)):
        assert refused(call(session, "write", f"{folder}/mark"))
    for path in places.files().values():
        assert refused(call(session, "write", str(path)))
    assert refused(call(session, "device"))


def test_the_environment_is_ours(tier: str, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "s3cret")
    with tiers.open_with(Limits(seconds=5, memory_mb=300), tier=tier) as session:
        session.load([INSIDE])
        given = call(session, "environment")["value"]
    assert set(given) - {"PWD", "SHLVL", "_"} == set(places.environment("/"))
    assert "s3cret" not in given.values()


@pytest.mark.parametrize("kind", ["connect", "datagram"])
def test_the_network_is_out_of_reach(session: Session, call: Call, kind: str) -> None:
    stream = socket.SOCK_STREAM if kind == "connect" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, stream) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.1)
        if kind == "connect":
            listener.listen()
        assert refused(call(session, kind, listener.getsockname()[1]))
        with pytest.raises(TimeoutError):
            listener.accept() if kind == "connect" else listener.recv(10)


def test_abstract_sockets_are_out_of_reach(session: Session, call: Call) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("\0lablib-test-listener")
        listener.listen()
        listener.settimeout(0.1)
        assert refused(call(session, "abstract", "lablib-test-listener"))
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize("name", ["fork", "spawn", "replace", "hidden_memory", "become_root"])
def test_rights_that_are_gone(session: Session, call: Call, name: str) -> None:
    assert refused(call(session, name))


def test_no_signal_leaves_it(session: Session, call: Call) -> None:
    for pid in (os.getpid(), os.getppid(), 1, 0, -1):
        assert refused(call(session, "kill", pid, 9))
    for name in ("kill_parent", "own_signal"):
        assert refused(call(session, name))
    for name in ("signal_by_owner", "caps_of_other"):
        assert refused(call(session, name, os.getpid()))


def test_it_has_a_user_of_its_own_or_no_further_rights(session: Session, call: Call) -> None:
    user, effective, group, groups = call(session, "ids")["value"]
    assert user == effective
    if os.geteuid() == 0:
        assert 60000 <= user < 61000
        assert (group, groups) == (user, [])


def test_threads_are_limited(session: Session, call: Call) -> None:
    own = os.geteuid() == 0 or session.tier == "bwrap"
    assert call(session, "threads")["value"] <= (session.limits.processes if own else 400)
    time.sleep(1.1)


def test_limits_and_filter_cannot_be_taken_back(session: Session, call: Call) -> None:
    assert call(session, "raise_limit")["outcome"] == "error"
    assert call(session, "namespace")["value"] == [-1, -1, -1]
    assert call(session, "survive_parent")["value"] == -1


def test_its_folder_has_a_size(tier: str, call: Call) -> None:
    source = """
        def fill():
            for i in range(40):
                with open(f"file{i}", "wb") as stream: stream.write(b"x" * 10**6)
            import time; time.sleep(1)
            return "filled"
        """
    limits = Limits(seconds=5, memory_mb=300, scratch_mb=8)
    with tiers.open_with(limits, tier=tier) as session:
        session.load([textwrap.dedent(source)])
        reply = call(session, "fill")
    assert reply["outcome"] == "error"
    assert reply["type"] in {"OSError", "WorkerEndedError"}


def test_nothing_is_left_behind(tier: str, call: Call) -> None:
    # Tests run side by side: our folders carry our number, and a freed user may serve another.
    place, ours = Path(tempfile.gettempdir()), f"lablib-worker-{os.getpid()}-*"
    before = set(place.glob(ours))
    with tiers.open_with(Limits(seconds=5, memory_mb=300), tier=tier) as session:
        session.load([INSIDE])
        uid = call(session, "ids")["value"][0]
        call(session, "scratch")
        workers = set(_processes_of(uid))
    assert set(place.glob(ours)) == before
    if os.geteuid() == 0:
        assert workers
        end = time.monotonic() + 2
        while workers & set(_processes_of(uid)) and time.monotonic() < end:
            time.sleep(0.01)
        assert not workers & set(_processes_of(uid))


def test_two_workers_at_a_time_are_two_users(tier: str, call: Call) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives workers users of their own")
    limits = Limits(seconds=5, memory_mb=300)
    with tiers.open_with(limits, tier=tier) as one, tiers.open_with(limits, tier=tier) as two:
        users = [
            session.load([INSIDE]) and call(session, "ids")["value"][0] for session in (one, two)
        ]
    assert len(set(users)) == 2


def test_an_installed_lablib_shows_no_exercise(
    tier: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after `pip install`: the exercises lie among the libraries that the worker may read."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        library = Path(name) / "site-packages"
        hidden = library / "lablib" / "_exercises" / "topic" / "slug" / "checks.py"
        hidden.parent.mkdir(parents=True)
        hidden.write_text("EXPECTED = 42")
        (library / "neighbour_of_lablib.py").write_text("def seen(): return 'seen'")
        monkeypatch.setattr(sys, "path", [*sys.path, str(library)])
        places.find.cache_clear()
        try:
            with tiers.open_with(Limits(seconds=5, memory_mb=300), tier=tier) as session:
                session.load([INSIDE, "from neighbour_of_lablib import seen"])
                assert call(session, "seen")["value"] == "seen"
                assert refused(call(session, "read", str(hidden)))
        finally:
            places.find.cache_clear()


def _processes_of(uid: int) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if path.stat().st_uid == uid:
                found.append(path.name)
        except OSError:
            continue
    return found
