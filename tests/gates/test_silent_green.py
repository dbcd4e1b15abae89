import pytest

from tools.gates.silent_green import check

# Split, so that this file keeps the rule it proves.
IGNORE, NOQA = "# type" + ": ignore", "# no" + "qa"
CLEAN = {
    ".ci/run": "#!/usr/bin/env bash\n# Every check.\n\nset -euo pipefail\nmake lint  # || true\n",
    "Makefile": "book:\n\t@jupyter-book build .\n",
    "constraints.txt": "# tested\ntorch==2.13.0\nnumpy==2.4.6  # fast\njupyter-book==1.0.4.post1\n",
    "pyproject.toml": (
        '[build-system]\nrequires = ["hatchling>=1"]\n[project]\nname = "lablib"\n'
        'dependencies = [\n    "numpy>=2",\n]\n[project.optional-dependencies]\n'
        "torch = [\"torch>=2.6; python_version == '3.11'\"]\n"
    ),
    "_config.yml": (
        "execute:\n  execute_notebooks: cache\n  allow_errors: false\n"
        "sphinx:\n  config:\n    nb_execution_raise_on_error: true\n"
    ),
    "lablib/read.py": (
        "try:\n    import x\nexcept ImportError:\n    pass\n"
        "try:\n    run()\nexcept Exception as error:\n    raise E from error\n"
        f"x = 1  {IGNORE}[arg]\nimport y  {NOQA}: F401\n"
    ),
    "tests/test_read.py": (
        "import pytest\n\n\n@pytest.mark.skipif(True, reason='no browser')\ndef test_a():\n"
        "    pytest.skip('no namespaces here')\n"
    ),
    "chapters/start/page.md": "# T\n\n```{code-cell} python\n:tags: [hide-input]\nx = 1\n```\n",
}
RUN, TESTS, PINS = ".ci/run", "tests/test_read.py", "constraints.txt"
PASS = "except ImportError:\n    pass"
MARK = "@pytest.mark.skipif(True, reason='no browser')"
PLANTS = {
    "lax shell": (RUN, "set -euo pipefail", "set -e", 4, "first command must be"),
    "late strictness": (RUN, "set -euo", "cd ..\nset -euo", 4, "first command must be"),
    "no script": (RUN, None, None, 1, "there is no .ci/run"),
    "empty script": (RUN, None, "#!/bin/sh\n", 1, "empty"),
    "or true": (RUN, "make lint  #", "make lint || true #", 5, "thrown away"),
    "or colon": (RUN, "make lint  #", "make lint ||: #", 5, "thrown away"),
    "switched off": (RUN, "make lint  #", "set +e\nmake lint  #", 5, "thrown away"),
    "make or true": ("Makefile", "build .", "build . || true", 2, "thrown away"),
    "make minus": ("Makefile", "\t@jupyter", "\t-jupyter", 2, "remove the '-'"),
    "workflow": (
        ".github/workflows/ci.yml",
        None,
        "jobs:\n  a:\n    continue-on-error: true\n",
        3,
        "continue-on-error",
    ),
    "bare except": ("lablib/read.py", PASS, "except:\n    log()", 3, "bare except"),
    "swallowed": ("lablib/read.py", PASS, "except Exception:\n    pass", 3, "is swallowed"),
    "swallowed in a tuple": (
        "lablib/read.py",
        PASS,
        "except (OSError, BaseException):\n    ...",
        3,
        "is swallowed",
    ),
    "suppressed": (
        "tools/serve.py",
        None,
        "import contextlib\nwith contextlib.suppress(Exception):\n    run()\n",
        2,
        "suppress swallows",
    ),
    "any type error": ("lablib/read.py", f"{IGNORE}[arg]", IGNORE, IGNORE, "'type: ignore'"),
    "any lint": ("lablib/read.py", f"{NOQA}: F401", NOQA, NOQA, "'noqa'"),
    "skip": (TESTS, "'no namespaces here'", "", 6, "pytest.skip without a reason"),
    "empty reason": (TESTS, "'no namespaces here'", "''", 6, "pytest.skip without a reason"),
    "skip mark": (TESTS, MARK, "@pytest.mark.skip", 4, "pytest.mark.skip without a reason"),
    "skip mark called": (TESTS, MARK, "@pytest.mark.skip()", 4, "pytest.mark.skip without"),
    "skipif": (TESTS, ", reason='no browser'", "", 4, "skipif without a reason"),
    "expected failure": (TESTS, MARK, "@pytest.mark.xfail(strict=True)", 4, "xfail without"),
    "range": (PINS, "numpy==2.4.6", "numpy>=2.4", 3, "'numpy>=2.4' is not an exact pin"),
    "any patch": (PINS, "numpy==2.4.6", "numpy==2.4.*", 3, "is not an exact pin"),
    "twice": (PINS, "numpy==", "Torch==2.13.0\nnumpy==", 3, "torch is pinned again (line 2)"),
    "other torch": (PINS, "torch==2.13.0", "torch==2.12.0", 2, "torch must be pinned to 2.13.0"),
    "no torch": (PINS, "torch==2.13.0\n", "", 1, "torch must be pinned to 2.13.0, found nothing"),
    "new book builder": (PINS, "1.0.4.post1", "2.0.0", 4, "does not read _config.yml"),
    "no pins": (PINS, None, None, 1, "there is no constraints.txt"),
    "pin in the metadata": ("pyproject.toml", "numpy>=2", "numpy==2.4.6", 6, "exact pin"),
    "pin in an extra": ("pyproject.toml", "torch>=2.6", "torch==2.13.0", 9, "exact pin"),
    "broken metadata": ("pyproject.toml", "[project]", "[project", 1, "not TOML"),
    "broken configuration": ("_config.yml", "execute:\n", "execute: [\n", 1, "not YAML"),
    "cells may fail": ("_config.yml", "allow_errors: false", "allow_errors: true", 3, "failing"),
    "cells do not run": ("_config.yml", "notebooks: cache", "notebooks: 'off'", 2, "not all"),
    "failing cell warns": ("_config.yml", "on_error: true", "on_error: false", 6, "a warning"),
    "cell marked to fail": (
        "chapters/start/page.md",
        "hide-input",
        "raises-exception",
        3,
        "tag raises-exception",
    ),
}


def test_clean(tree):
    assert check(tree(CLEAN)) == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_plant(planted, plant):
    planted(check, CLEAN, *plant)
