from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from lablib.exercises.reports.export import archive, gradescope

REAL = "start/paired-interval"
RIGHT = "def half(x):\n    return x / 2\n"
PUBLIC_ONLY = "def half(x):\n    return 2.0\n"


def container(path: Path, root: Path) -> Path:
    """Lay the archive out as Gradescope does, under another root."""
    with zipfile.ZipFile(path) as file:
        for entry in file.infolist():
            target = Path(file.extract(entry, root / "source"))
            target.chmod(entry.external_attr >> 16 & 0o777)
    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    for name in ("submission", "results"):
        (root / name).mkdir()
    return root


def run(root: Path, **environment: str) -> dict[str, Any]:
    """Run it on what lies in `submission` and return the results, checked for their form."""
    names = {"PATH": os.environ["PATH"], "AUTOGRADER_ROOT": str(root), **environment}
    done = subprocess.run(
        [str(root / "run_autograder")],
        cwd=root,
        env={"AUTOGRADER_PYTHON": sys.executable, **names},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads((root / "results" / "results.json").read_text("utf-8"))
    assert gradescope.problems(found) == []
    assert sorted(path.name for path in (root / "results").iterdir()) == ["results.json"]
    return found


def built(tmp_path: Path, demo: Path, **more: Any) -> Path:
    setting = {"seed": 7, "sandbox": "none", "folder": demo, **more}
    path = archive.build(tmp_path / "autograder.zip", ["demo/half"], **setting)
    return container(path, tmp_path / "autograder")


def test_a_right_answer_gets_all_points_in_the_container(tmp_path: Path, demo: Path) -> None:
    root = built(tmp_path, demo)
    (root / "submission" / "half.py").write_text(RIGHT)
    found = run(root)
    assert found["score"] == 3.0
    assert [test["status"] for test in found["tests"]] == ["passed", "passed"]
    assert [test["visibility"] for test in found["tests"]] == ["visible", "after_published"]


def test_a_notebook_that_knows_only_the_example_gets_nothing(tmp_path: Path, demo: Path) -> None:
    root = built(tmp_path, demo)
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": PUBLIC_ONLY}
    text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    (root / "submission" / "answers.ipynb").write_text(text)
    # a file of a learner in the working directory must not shadow a module of the grader
    (root / "json.py").write_text("raise SystemExit(9)")
    found = run(root)
    assert found["score"] == 0.0
    assert found["tests"][0]["output"] == gradescope.WAITING
    assert found["tests"][1]["output"] == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("half.py", "def half(x:\n"),
        ("half.py", "import os\nos._exit(0)\n"),
        ("half.ipynb", "{"),
        ("readme.txt", "hello"),
        ("", ""),
    ],
)
def test_broken_submissions_leave_a_result_of_zero(
    tmp_path: Path, demo: Path, name: str, content: str
) -> None:
    root = built(tmp_path, demo)
    if name:
        (root / "submission" / name).write_text(content)
        (root / "submission" / "link").symlink_to("/etc/hostname")
        os.mkfifo(root / "submission" / "pipe")
    found = run(root)
    assert found["score"] == 0.0
    assert found["output"]


def test_private_checks_travel_and_count(tmp_path: Path, demo: Path) -> None:
    private = tmp_path / "private"
    (private / "demo" / "half").mkdir(parents=True)
    (private / "demo" / "half" / "checks.py").write_text(
        "from lablib.exercises.checks import check, close\n\n\n@check(points=2)\n"
        "def of_nothing(s):\n    close(s.half(0), 0, 'half of nothing is nothing')\n"
    )
    root = built(tmp_path, demo, private=private)
    (root / "submission" / "half.py").write_text("def half(x):\n    return x / 2 if x else 1.0\n")
    found = run(root)
    assert found["score"] == 3.0
    assert sum(test["max_score"] for test in found["tests"]) == 5.0
    assert "nothing is nothing" not in json.dumps(found)


def test_a_real_exercise(tmp_path: Path) -> None:
    path = archive.build(tmp_path / "a.zip", [REAL], seed=11, sandbox="none")
    root = container(path, tmp_path / "autograder")
    shutil.copy(root / "source/lablib/_exercises" / REAL / "solution.py", root / "submission/a.py")
    found = run(root)
    assert found["score"] == sum(test["max_score"] for test in found["tests"]) > 0


def test_without_a_sandbox_nothing_runs_and_the_result_says_so(tmp_path: Path, demo: Path) -> None:
    root = built(tmp_path, demo, sandbox="auto")
    setting = root / "source" / "autograder.json"
    setting.write_text(setting.read_text().replace('"auto"', '"no such tier"'))
    proof = tmp_path / "it-ran"
    (root / "submission" / "half.py").write_text(f"open({str(proof)!r}, 'w')\n{RIGHT}")
    found = run(root)
    assert found["score"] == 0.0
    assert "could not be graded" in found["output"]
    assert not proof.exists()


def test_in_the_sandbox_where_this_machine_has_one(tmp_path: Path, demo: Path) -> None:
    from lablib.exercises import sandbox

    try:
        tier = sandbox.choose("landlock")
    except sandbox.SandboxError as error:
        pytest.skip(f"no Landlock sandbox here: {str(error).splitlines()[1].strip()}")
    root = built(tmp_path, demo, sandbox=tier)
    secret = root / "source" / "autograder.json"
    (root / "submission" / "half.py").write_text(
        f"try:\n    SEED = open({str(secret)!r}).read()\nexcept OSError:\n    SEED = ''\n"
        "def half(x):\n    return 0.0 if SEED else x / 2\n"
    )
    assert run(root)["score"] == 3.0


def test_the_setup_script_builds_the_environment_that_grading_uses(
    tmp_path: Path, demo: Path
) -> None:
    """With a stand-in for the system's Python and package manager, which note what is asked."""
    root = built(tmp_path, demo)
    tools, log = tmp_path / "bin", tmp_path / "log"
    tools.mkdir()
    inner = f'#!/bin/sh\n[ "$2" = pip ] && {{ echo "$@" >>{log}; exit 0; }}\n'
    inner += f'exec {sys.executable} "$@"\n'
    (tmp_path / "inner").write_text(inner)
    made = f'mkdir -p "$3/bin"; cp {tmp_path}/inner "$3/bin/python"; chmod +x "$3/bin/python"'
    system = f'#!/bin/sh\n[ "$2" = venv ] && {{ {made}; }}\n[ -e {tmp_path}/installed ]\n'
    for name, text in {
        "python3.12": system,
        "python3.11": "#!/bin/sh\nexit 1\n",
        "apt-get": f'#!/bin/sh\necho "apt-get $@" >>{log}\ntouch {tmp_path}/installed\n',
    }.items():
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", str(root / "source" / "setup.sh")],
        env={"PATH": path, "AUTOGRADER_ROOT": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "sandbox: none" in done.stdout
    noted = log.read_text()
    assert "apt-get install -y --no-install-recommends python3.11 python3.11-venv" in noted
    assert f"pip install --no-cache-dir -r {root}/source/requirements.txt" in noted
    (root / "submission" / "half.py").write_text(RIGHT)
    assert run(root, AUTOGRADER_PYTHON="no-such-python")["score"] == 3.0


def test_what_the_archive_holds(tmp_path: Path, demo: Path) -> None:
    first = archive.build(tmp_path / "a.zip", ["demo/half"], seed=7, folder=demo)
    second = archive.build(tmp_path / "b.zip", ["demo/half"], seed=7, folder=demo)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as file:
        names = file.namelist()
        assert {"setup.sh", "run_autograder", "requirements.txt", "autograder.json"} < set(names)
        assert file.getinfo("run_autograder").external_attr >> 16 & 0o111
        assert not any("mutants" in n or "accepts" in n or "__pycache__" in n for n in names)
        assert [n for n in names if n.startswith("lablib/_exercises/")] == [
            f"lablib/_exercises/demo/half/{part}" for part in archive.PARTS_OF_AN_EXERCISE
        ]
        wanted = file.read("requirements.txt").decode().splitlines()
    assert [line.split("==")[0] for line in wanted] == [*archive.ALWAYS]
    assert first.stat().st_size < 1_000_000


def test_scripts_are_sound_bash() -> None:
    for script in (archive.SETUP, archive.RUN):
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_wrong_input_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="exercises is empty"):
        archive.build(tmp_path / "a.zip", [], seed=1)
    with pytest.raises(ValueError, match="sandbox is 'docker'"):
        archive.build(tmp_path / "a.zip", [REAL], seed=1, sandbox="docker")
    assert not (tmp_path / "a.zip").exists()


def test_requirements_name_packages_and_not_modules() -> None:
    names = [line.split("==")[0] for line in archive.requirements(["sklearn", "numpy"])]
    assert names == sorted([*archive.ALWAYS, "scikit-learn"])


def test_the_container_imports_nothing_that_is_not_required() -> None:
    """Grading in an environment of the required packages only must work, not just in ours."""
    listing = (
        "import sys, json, lablib.exercises.grading.run, lablib.exercises.grading.worker_process\n"
        "import lablib.exercises.reports.export.container, lablib.exercises.sandbox\n"
        "print(json.dumps([n for n, m in sys.modules.items() if '.' not in n and "
        "'site-packages' in (getattr(m, '__file__', None) or '')]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    )
    owners = metadata.packages_distributions()
    loaded = {owners[name][0].lower() for name in json.loads(done.stdout) if name in owners}
    assert loaded - {"setuptools", "lablib"} <= set(archive.ALWAYS)
