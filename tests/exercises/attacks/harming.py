"""Attacks on the machine, the run and other learners. Each refused one leaves its answer wrong."""

from __future__ import annotations

from tests.exercises.attacks.rows import ALL, TIERS, Attack, code, refused, trial

ERROR = frozenset({"error"})
NOT_YET = frozenset({"not yet"})
PASSED = frozenset({"passed"})
RIGHT = "def half(x): return x / 2\n"
SYSCALL = "import ctypes\ncall = ctypes.CDLL(None, use_errno=True)\n"
TOO_SLOW, ENDED = "did not finish within the time limit", "ended the process"


def slow(name: str, source: str, says: str = TOO_SLOW, *, tiers: tuple[str, ...] = TIERS) -> Attack:
    """It uses up its time and earns nothing."""
    return Attack(name, code(source), ERROR, 0, says, tiers=tiers)


def ends(name: str, source: str, says: str = ENDED) -> Attack:
    """It ends its own process and earns nothing."""
    return Attack(name, code(source), ERROR, 0, says)


READING = [
    refused("reads-a-file", "return open('@SECRET@').read() == 's3cret'", bare=True),
    refused("reads-the-checks", "return open('@ROOT@/attack/half/checks.py').read()", bare=True),
    refused(
        "reads-the-solution", "return open('@ROOT@/attack/half/solution.py').read()", bare=True
    ),
    refused("reads-the-seed", "return open('@SEED@').read()", bare=True),
    refused("reads-the-journal", "import os\nreturn os.listdir('@OUT@')", bare=True),
    refused("reads-another", "return open('@CLASS@/honest__attack-half.py').read()", bare=True),
    refused(
        "reads-secrets-in-env",
        """
        import os, sys
        text = repr(os.environ) + repr(getattr(os, "environb", ""))
        return "s3cret" in text
        """,
    ),
    refused(
        "reads-proc",
        """
        import os
        seen = ""
        for name in os.listdir("/proc"):
            for file in ("cmdline", "environ", "maps"):
                try: seen += open(f"/proc/{name}/{file}", errors="replace").read()
                except OSError: pass
        return "grading" in seen or "s3cret" in seen
        """,
        bare=True,
    ),
    refused("reads-passwords", "return open('/etc/passwd').read()", bare=True),
    refused(
        "follows-a-link",
        "import os\nos.symlink('@SECRET@', 'way')\nreturn open('way').read()",
    ),
]

WRITING = [
    refused("writes-outside", "open('@FOLDER@/@NAME@', 'w').write('x')\nreturn True"),
    refused("changes-a-file", "open('@SECRET@', 'a').write('x')\nreturn True"),
    refused("empties-a-file", "import os\nos.truncate('@SECRET@', 0)\nreturn True"),
    refused("opens-a-mode", "import os\nos.chmod('@SECRET@', 0o777)\nreturn True"),
    refused(
        "changes-another",
        "open('@CLASS@/honest__attack-half.py', 'a').write('x = 1')\nreturn True",
    ),
    refused("renames-another", "import os\nos.rename('@CLASS@', '@FOLDER@/@NAME@')\nreturn True"),
    refused("removes-a-file", "import os\nos.remove('@SECRET@')\nreturn True"),
    refused("writes-results", "open('@OUT@/results.json', 'w').write('{}')\nreturn True"),
    refused("plants-a-module", "open('@ROOT@/@NAME@.py', 'w').write('x = 1')\nreturn True"),
    refused(
        "patches-our-worker",
        """
        import sys
        open(sys.modules["lablib.exercises.wire"].__file__, "a").write("#")
        return True
        """,
    ),
    refused(
        "plants-in-python",
        "import numpy, os\nopen(os.path.dirname(numpy.__file__) + '/@NAME@.py', 'w')\nreturn True",
    ),
]

SOCKETS = [
    refused(
        "calls-by-tcp",
        "import socket\nsocket.create_connection(('127.0.0.1', @TCP@), 1).send(b'@NAME@')\n"
        "return True",
        bare=True,
    ),
    refused(
        "calls-by-udp",
        "import socket\nsocket.socket(2, 2).sendto(b'@NAME@', ('127.0.0.1', @UDP@))\nreturn True",
        bare=True,
    ),
    refused(
        "calls-by-path",
        "import socket\nsocket.socket(1, 2).sendto(b'@NAME@', '@UNIX@')\nreturn True",
        bare=True,
    ),
    refused(
        "calls-by-abstract-name",
        "import socket\nsocket.socket(1, 2).sendto(b'@NAME@', '\\0@ABSTRACT@')\nreturn True",
        bare=True,
    ),
    refused(
        "pair-to-path",
        "import socket\none, two = socket.socketpair(1, 2)\none.sendto(b'@NAME@', '@UNIX@')\n"
        "return True",
        bare=True,
    ),
    refused(
        "pair-to-abstract-name",
        "import socket\none, two = socket.socketpair(1, 2)\n"
        "one.sendto(b'@NAME@', '\\0@ABSTRACT@')\nreturn True",
        bare=True,
    ),
    refused(
        "asks-for-a-name",
        "import socket\nreturn socket.getaddrinfo('example.org', 80)",
    ),
]

PROCESSES = [
    refused("forks", "import os\npid = os.fork()\nif not pid: os._exit(0)\nreturn pid", bare=True),
    refused(
        "fork-bomb",
        "import os\nfor _ in range(14): os.fork()\nopen('@FOLDER@/@NAME@', 'w')\nreturn True",
    ),
    refused(
        "daemon",
        """
        import subprocess
        subprocess.Popen(["/bin/sh", "-c", "sleep 1; touch @FOLDER@/@NAME@"], env={},
                         start_new_session=True)
        return True
        """,
    ),
    refused(
        "multiprocessing",
        "import multiprocessing\np = multiprocessing.Process(target=print)\np.start()\nreturn True",
    ),
    refused("becomes-another-program", "import os\nos.execv('/bin/true', ['true'])"),
    refused("kills-parent", "import os\nos.kill(os.getppid(), 9)\nreturn True"),
    refused("kills-all", "import os\nos.kill(-1, 9)\nreturn True"),
    refused("kills-group", "import os\nos.kill(0, 9)\nreturn True"),
    refused("stops-itself", "import os\nos.kill(os.getpid(), 19)\nreturn True"),
    refused("signals-by-owner", "import fcntl, os\nfcntl.fcntl(0, 8, os.getppid())\nreturn True"),
    refused("becomes-root", "import os\nos.setuid(0)\nreturn True"),
    refused(
        "limits-of-parent",
        "import os, resource\nresource.prlimit(os.getppid(), 0, (1, 1))\nreturn True",
        of="(OSError, ValueError)",
    ),
    refused("slows-parent", "import os\nos.setpriority(0, os.getppid(), 19)\nreturn os.getppid()"),
    refused("pins-parent", "import os\nos.sched_setaffinity(os.getppid(), {0})\nreturn True"),
    refused("traces", SYSCALL + "import os\nreturn call.ptrace(16, os.getppid(), 0, 0) == 0"),
    refused("traced-by-parent", SYSCALL + "return call.ptrace(0, 0, 0, 0) == 0"),
    refused(
        "nested-namespaces",
        SYSCALL + "return any(call.unshare(f) == 0 for f in (0x10000000, 0x20000, 0x40000000))",
    ),
    refused("mounts", SYSCALL + "return call.mount(b'none', b'.', b'tmpfs', 0, 0) == 0"),
    refused("hidden-memory-file", "import os\nreturn os.memfd_create('x')", bare=True),
    refused(
        "raises-limits",
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))\nreturn True",
        of="(OSError, ValueError)",
    ),
]

EXITS = [
    ends("os-exit", f"import os\nos._exit(0)\n{RIGHT}", "ended the process"),
    ends("os-exit-in-call", "import os\ndef half(x): os._exit(7)", ENDED),
    Attack("sys-exit", f"import sys\nsys.exit(0)\n{RIGHT}", ERROR, 0, "SystemExit"),
    Attack("sys-exit-last", f"{RIGHT}import sys\nsys.exit(0)\n", PASSED, 4, "SystemExit"),
    Attack("raises-exit", "def half(x): raise SystemExit(0)\n", ERROR, 0, "SystemExit"),
    Attack("interrupts", "def half(x): raise KeyboardInterrupt\n", ERROR, 0, "KeyboardInterrupt"),
    ends("memory-fault", "import ctypes\ndef half(x): ctypes.string_at(0)", ENDED),
    ends("aborts", "import os\ndef half(x): os.abort()", ENDED),
    ends(
        "old-calling-convention",
        """
        import ctypes, mmap
        page = mmap.mmap(-1, 4096, prot=7)
        page.write(bytes.fromhex("b802000000cd80c3"))
        run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
        def half(x): return run()
        """,
        ENDED,
    ),
    ends("closes-all", "import os\nos.closerange(0, 256)\ndef half(x): return x / 2", ENDED),
    Attack("recursion", "def half(x): return half(x)\n", ERROR, 0, "RecursionError"),
    ends(
        "recursion-without-end",
        "import sys\nsys.setrecursionlimit(10**9)\ndef half(x): return half(x)",
        "",
    ),
    Attack("memory", "def half(x): return len(bytearray(3 * 10**9))\n", ERROR, 0, "MemoryError",
           tiers=TIERS),
    Attack("memory-by-steps", "kept = []\ndef half(x):\n    while 1: kept.append(b'x' * 10**7)\n",
           ERROR, 0, "MemoryError"),
    Attack("syntax", "def half(x) return x / 2\n", ERROR, 0, "SyntaxError"),
    Attack("deep-source", "x = " + "(" * 9000 + ")" * 9000 + "\n" + RIGHT, ERROR, 0),
    Attack("deep-unary", "x = " + "-" * 90_000 + "1\n" + RIGHT, ERROR, 0),
]  # fmt: skip

FOREVER = [
    slow("loop", "def half(x):\n    while True: pass"),
    slow("sleep", "import time\ndef half(x): time.sleep(60)"),
    slow("loop-at-the-top", f"while True: pass\n{RIGHT}"),
    slow(
        "ignores-alarm",
        """
        import signal, time
        signal.signal = lambda *a: None
        def half(x):
            signal.setitimer(signal.ITIMER_REAL, 0)
            while True: time.sleep(1)
        """,
    ),
    slow(
        "catches-everything",
        """
        def half(x):
            while True:
                try:
                    while True: pass
                except BaseException: pass
        """,
    ),
    slow("in-c-code", "def half(x): return len(str(9**9**8))"),
    slow("waits-for-more", "import sys, threading\ndef half(x): threading.Event().wait()"),
    slow("a-little-each", "import time\ndef half(x): time.sleep(0.9); return x / 2",
         tiers=("bwrap",)),
    slow(
        "reads-our-requests",
        "import os\ndef half(x):\n    for fd in range(3, 256):\n        try: os.read(fd, 1)\n"
        "        except OSError: pass",
        tiers=("bwrap",),
    ),
]  # fmt: skip

FLOODS = [
    Attack("prints-much", code("""
        import os, sys
        def half(x):
            sys.stdout.write("x" * 10**7); sys.__stderr__ and sys.__stderr__.write("y" * 10**7)
            for _ in range(100): os.write(1, b"z" * 10**5); os.write(2, b"z" * 10**5)
            return x / 2
        """), PASSED, 4),
    Attack("floods-our-line", code("""
        import os
        def half(x):
            while True:
                for fd in range(3, 64):
                    try: os.write(fd, b"x" * 10**5)
                    except OSError: pass
        """), ERROR, 0),
    Attack("returns-much", "def half(x): return 'x' * 10**8\n", ALL, 0, ""),
    Attack("returns-many", "def half(x): return [0.5] * 2_000_000\n", NOT_YET, 0, "more than"),
    Attack("fills-scratch", code("""
        import time
        def half(x):
            for i in range(3000):
                with open(f"f{i}", "wb") as stream: stream.write(b"x" * 10**6)
            time.sleep(1)
            return x / 2
        """), ERROR, 0, tiers=TIERS),
    Attack("digs-deep", code("""
        import os
        def half(x):
            for _ in range(3000): os.mkdir("d"); os.chdir("d")
            return x / 2
        """), ERROR | PASSED | NOT_YET, 4, tiers=("bwrap",)),
    Attack("threads", code("""
        import threading, time
        def wait(): time.sleep(60)
        def half(x):
            for _ in range(5000): threading.Thread(target=wait, daemon=True).start()
            return x / 2
        """), ERROR, 0, "RuntimeError", tiers=TIERS),
    Attack("thread-that-stays", code("""
        import threading
        def burn():
            while True: pass
        threading.Thread(target=burn, daemon=False).start()
        def half(x): return x + 1
        """), ALL, 0, tiers=TIERS),
]  # fmt: skip

ROWS = [*READING, *WRITING, *SOCKETS, *PROCESSES, *EXITS, *FOREVER, *FLOODS]
__all__ = ["ROWS", "trial"]
