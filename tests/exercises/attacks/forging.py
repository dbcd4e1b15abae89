"""Attacks on the score: forged replies, patched libraries, lying objects, hunts for the answers."""

from __future__ import annotations

from tests.exercises.attacks.rows import ALL, TIERS, Attack, code, trial

NOT_YET = frozenset({"not yet"})
ERROR = frozenset({"error"})
PASSED = frozenset({"passed"})
RIGHT = "def half(x): return x / 2\n"
# All descriptors that can be written to, found without /proc.
HUNT = code("""
    import os
    def send(text):
        for fd in range(3, 256):
            try: os.write(fd, (text + "\\n").encode())
            except OSError: pass
""")
VALUE = '{"$":"dict","items":{"outcome":"value","value":%s}}'
PATCH = "import sys\nworker = sys.modules['lablib.exercises.worker']\n"


def reply(name: str, text: str, state: frozenset[str], says: str = "") -> Attack:
    """The worker's own answer to each call is replaced by `text`, a Python expression."""
    source = f"{PATCH}TEXT = {text}\nworker.answer = lambda *a, **k: TEXT\n{RIGHT}"
    return Attack(name, source, state, 0, says)


NO_ANSWER = "sent back something that is not an answer"
REPLIES = [
    Attack(
        "forged-lines-ahead",
        HUNT + f"for _ in range(100): send('{VALUE % 2.0}')\n" + "def half(x): return 0\n",
        NOT_YET,
        0,
        "half of any number",
        tiers=TIERS,
    ),
    Attack("forged-verdict", HUNT + 'send(\'{"passed":true,"score":4}\')\n' + RIGHT, ERROR, 0),
    Attack("forged-ready", HUNT + "send('ready')\nsend('begun')\n" + RIGHT, ERROR, 0),
    reply("verdict-as-reply", "'{\"outcome\":\"passed\"}'", NOT_YET, NO_ANSWER),
    reply("no-json", "'passed'", NOT_YET, NO_ANSWER),
    reply("empty-reply", "''", NOT_YET, NO_ANSWER),
    reply("control-characters", "'\\x1b[2J\\x00<script>=cmd'", NOT_YET, NO_ANSWER),
    reply("bare-nan", f"'{VALUE % 'NaN'}'", NOT_YET, NO_ANSWER),
    reply("tagged-nan", f"""'{VALUE % '{"$":"float","value":"nan"}'}'""", NOT_YET, "four is two"),
    reply("forged-infinity", f"""'{VALUE % '{"$":"float","value":"inf"}'}'""", NOT_YET),
    reply("long-number", f"'{VALUE % '%s'}' % ('9' * 20000)", NOT_YET, NO_ANSWER),
    reply("endless-depth", "'[' * 900_000", NOT_YET, NO_ANSWER),
    reply("forty-deep", f"'{VALUE % '%s'}' % ('[' * 40 + ']' * 40)", NOT_YET, NO_ANSWER),
    reply("million-items", f"'{VALUE % '[%s]'}' % ('0,' * 1_200_000 + '0')", NOT_YET, NO_ANSWER),
    reply("flood-reply", "'x' * 30_000_000", ERROR, "ended the process"),
    reply(
        "damaged-array",
        f"""'{VALUE % '{"$":"array","dtype":"<f8","shape":[2],"data":"AAAA"}'}'""",
        NOT_YET,
        NO_ANSWER,
    ),
    reply(
        "object-array",
        f"""'{VALUE % '{"$":"array","dtype":"|O","shape":[1],"data":"AAAAAAAAAAA="}'}'""",
        NOT_YET,
        NO_ANSWER,
    ),
    reply(
        "impossible-shape",
        f"""'{VALUE % '{"$":"array","dtype":"<f8","shape":[9999999,9999999],"data":""}'}'""",
        NOT_YET,
        NO_ANSWER,
    ),
    reply(
        "text-array-that-swells",
        f"""'{VALUE % '{"$":"text","shape":[2000],"data":["%s"%s]}'}' % ('a'*5000, ',""'*1999)""",
        NOT_YET,
        NO_ANSWER,
    ),
    reply(
        "outcome-is-an-array",
        """'{"$":"dict","items":{"outcome":{"$":"text","shape":[2],"data":["value","x"]},'
        '"value":2.0}}'""".replace("\n", " "),
        NOT_YET,
        NO_ANSWER,
    ),
    Attack(
        "load-outcome-is-an-array",
        PATCH + "import lablib.exercises.wire as wire\nimport numpy\n"
        "wire.dumps.__globals__['json'].dumps = lambda *a, **k: "
        """'{"$":"dict","items":{"outcome":{"$":"text","shape":[2],"data":["a","b"]}}}'\n"""
        + RIGHT,
        ERROR,
    ),
]  # fmt: skip

LIARS = [
    Attack(
        "equal-to-everything",
        code("""
        class Y:
            def __eq__(self, other): return True
            def __float__(self): return 2.0
            def __array__(self, *a, **k): raise SystemExit
            __hash__ = object.__hash__
            __sub__ = __rsub__ = __abs__ = __le__ = __lt__ = __ge__ = lambda *a: True
        def half(x): return Y()
        """),
        NOT_YET,
        0,
        "of its own kind",
        tiers=TIERS,
    ),
    Attack(
        "lying-float",
        code("""
        class F(float):
            def __eq__(self, other): return True
            __sub__ = __rsub__ = lambda *a: 0.0
            __class__ = float
        def half(x): return F(7)
        """),
        NOT_YET,
    ),
    Attack(
        "lying-text",
        code("""
        class S(str):
            def __eq__(self, other): return True
            def __hash__(self): return 0
            def encode(self, *a): return b"2.0"
        def half(x): return S("2.0")
        """),
        NOT_YET,
    ),
    Attack(
        "reduce-bomb",
        code("""
        import os
        class R:
            def __reduce__(self): return (os.system, ("touch @FOLDER@/@NAME@",))
        def half(x): return R()
        """),
        NOT_YET,
        0,
        "of its own kind",
    ),
    Attack("true-for-a-number", "def half(x): return True\n", NOT_YET, 0, "four is two"),
    Attack("returns-nan", "def half(x): return float('nan')\n", NOT_YET, 0, "four is two"),
    Attack("returns-none", "def half(x): return None if x else 0\n", NOT_YET, 0, "four is two"),
    Attack("number-past-float", "def half(x): return 2**2000\n", NOT_YET, 0, "four is two"),
    Attack("constant-of-the-example", "def half(x): return 2\n", NOT_YET, 0, "half of any number"),
    Attack(
        "endless-list",
        "def half(x):\n    a = []\n    a.append(a)\n    return a\n",
        NOT_YET,
        0,
        "nested deeper",
    ),
    Attack(
        "markup-in-exception",
        "def half(x): raise ValueError('\\x1b[31m<script>alert(1)</script>\\x00=cmd()')\n",
        ERROR,
        0,
        "ValueError",
    ),
    Attack(
        "named-as-a-formula",
        "E = type('=cmd()\\x1b[2J', (Exception,), {})\ndef half(x): raise E\n",
        ERROR,
        0,
        "Exception",
    ),
    Attack(
        "exception-that-breaks",
        code("""
        class E(BaseException):
            def __str__(self): raise MemoryError
            __repr__ = __str__
        def half(x): raise E
        """),
        ERROR,
    ),
    Attack(
        "wide-nested-list",
        code("""
        def pair(x):
            value = "x" * 60
            for _ in range(6): value = [value] * 6
            return value
        """),
        NOT_YET,
        0,
        "and its name",
        "pair",
    ),
    Attack(
        "raises-for-all",
        "def pair(x): raise ValueError('not a number')\n",
        ERROR,
        0,
        "ValueError",
        "pair",
    ),
]

PATCHES = [
    Attack(
        "patched-builtins",
        code("""
        import builtins, json, math, operator
        for name in ("abs", "round", "isinstance", "all", "any", "float", "len", "sum", "max"):
            setattr(builtins, name, lambda *a, **k: True)
        json.loads = lambda *a, **k: 2.0
        math.isclose = operator.eq = lambda *a, **k: True
        def half(x): return 7
        """),
        ALL,
    ),
    Attack(
        "patched-numpy",
        code("""
        import numpy
        numpy.allclose = numpy.testing.assert_allclose = lambda *a, **k: True
        numpy.random.default_rng = lambda *a: None
        def half(x): return 7
        """),
        NOT_YET,
        0,
        "four is two",
    ),
    Attack(
        "patched-encoder",
        PATCH + 'worker.wire.dumps = lambda value: \'{"state":"passed"}\'\n' + RIGHT,
        ERROR,
    ),
    Attack("patched-json", "import json\njson.dumps = lambda *a, **k: 'true'\n" + RIGHT, ERROR),
    Attack(
        "patched-import",
        "import builtins\nbuiltins.__import__ = lambda *a, **k: 1\ndef half(x): return 7\n",
        ALL,
    ),
    Attack(
        "hooked-exits",
        code("""
        import atexit, signal, sys, threading
        def win(*a): print("passed")
        atexit.register(win)
        sys.excepthook = sys.unraisablehook = threading.excepthook = win
        sys.settrace(lambda *a: None); sys.setprofile(None)
        sys.displayhook = win
        for number in (1, 2, 3, 10, 12, 13, 14, 15, 17, 24, 25): signal.signal(number, win)
        def half(x): return 7
        """),
        NOT_YET,
        0,
        "four is two",
    ),
    Attack(
        "grades-itself",
        "from lablib.exercises import check\nprint(check('attack/half'))\ndef half(x): return 7\n",
        NOT_YET,
        0,
        "four is two",
    ),
]

HUNTS = [
    Attack(name, trial(body), NOT_YET, 0, "four is two", tiers=TIERS)
    for name, body in {
        "frames": """
            import sys
            frame, seen = sys._getframe(), ""
            while frame: seen += repr(frame.f_globals) + repr(frame.f_locals); frame = frame.f_back
            return "".join(reversed("rebmun_yna_fo")) in seen
        """,
        "collector": """
            import gc
            word = "".join(reversed("rebmun_yna_fo"))
            return any(word in str(o) for o in gc.get_objects() if type(o) in (str, dict, tuple))
        """,
        "modules": """
            import sys
            names = ("checks", "runner", "grading", "declare", "selftest")
            return any(f"lablib.exercises.{name}" in sys.modules for name in names)
        """,
        "imports-the-checks": """
            import importlib, sys
            sys.modules["lablib.exercises"].__path__ = list(sys.path)
            from lablib.exercises import runner
            return runner
        """,
        "arguments": """
            import sys
            text = " ".join(sys.orig_argv + sys.argv)
            return str(20261121 + 1) in text or "checks.py" in text
        """,
        "descriptors": """
            import os
            seen = 0
            for fd in range(3, 4096):
                try: os.fstat(fd); seen += 1
                except OSError: pass
            return seen > 2
        """,
        "standard-input": """
            import sys
            return sys.stdin.read() if sys.stdin else ""
        """,
    }.items()
]

CONTROLS = [
    Attack("honest", RIGHT, PASSED, 4, tiers=TIERS),
    Attack(
        "honest-warns-and-prints",
        code("""
        import sys, warnings
        warnings.warn("old")
        print("loading", file=sys.stderr)
        def half(x):
            warnings.warn("careful", DeprecationWarning)
            print("x is", x); sys.stdout.flush()
            return x / 2
        """),
        PASSED,
        4,
        tiers=TIERS,
    ),
    Attack("asks-for-input", "def half(x): return float(input('half?'))\n", ERROR, 0, "EOFError"),
    Attack(
        "input-at-the-top", "n = input('name? ')\ndef half(x): return x / 2\n", ERROR, 0, "EOFError"
    ),
    Attack("input-after", RIGHT + "n = input('name? ')\n", PASSED, 4, "EOFError"),
    Attack("uses-its-folder", trial("""
        with open("note", "w") as stream: stream.write("kept")
        return open("note").read() == "kept"
        """), PASSED, 4, tiers=TIERS),
    Attack("honest-pair", code("""
        def pair(x):
            if x < 0: raise ValueError("the number is negative")
            return (x, "number")
        """), PASSED, 4, exercise="pair"),
    Attack("half-of-a-pair", "def pair(x): return [x, 'number']\n", NOT_YET, 3, "below zero",
           "pair"),
]  # fmt: skip

ROWS = [*REPLIES, *LIARS, *PATCHES, *HUNTS, *CONTROLS]
