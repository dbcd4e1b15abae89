"""Generated notebooks: valid, complete, without the solution; edited and stale ones are named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from lablib.exercises import (
    declare,
    learner,
    notebooks,
    proxy,
    rubrics,
    runner,
    selftest,
    sources,
    template,
)


def read(path: Path, exercise: declare.Exercise) -> tuple[runner.Result, ...]:
    """All checks on the answer in a notebook or template, read as a grader reads it."""
    names = sources.execute(sources.read(path, exercise.functions))
    return runner.run(exercise, proxy.in_process(names, exercise.functions))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    assert len(notebooks.build(target)) == 3 * len(declare.find())
    return target


def test_a_fresh_build_is_not_stale_and_changes_nothing_again(built: Path) -> None:
    assert notebooks.stale(built) == ()
    assert notebooks.build(built) == ()
    assert notebooks.command(built, check=True) == (f"everything in {built} is as generated", 0)


@pytest.mark.parametrize("name", declare.find())
def test_notebooks_of_the_course(built: Path, name: str) -> None:
    exercise = declare.load(name)
    for kind in notebooks.FOLDERS:
        notebook = nbformat.read(built / kind / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        assert notebook.metadata.lablib.exercise == name
    for suffix in (".ipynb", ".py"):
        assert runner.state(read(built / "learner" / f"{name}{suffix}", exercise)) == "not started"
    results = read(built / "instructor" / f"{name}.ipynb", exercise)
    assert runner.state(results) == "passed"
    assert runner.score(results) == exercise.points


@pytest.mark.parametrize("name", declare.find())
def test_the_learner_gets_no_answer(built: Path, name: str) -> None:
    exercise = declare.load(name)
    handed_out = "".join(path.read_text() for path in (built / "learner").glob(f"{name}.*"))
    long = [line for line in template.solution_lines(exercise) if len(line) > 30]
    given = exercise.prompt + template.text(exercise)
    for line in long:
        assert json.dumps(line)[1:-1] not in handed_out or line in given
    for check in exercise.checks:
        assert check.public or check.name not in handed_out
    assert exercise.hints[-1] not in handed_out


def test_the_instructor_sees_all_of_the_folder(built: Path) -> None:
    name = "explainability/reason-codes-letter"
    text = (built / "instructor" / f"{name}.ipynb").read_text()
    exercise, found = declare.load(name), rubrics.load(declare.load(name))
    assert found is not None
    cells = "\n".join(cell["source"] for cell in json.loads(text)["cells"])
    for part in (*exercise.hints, exercise.why, *(item.full for item in found.criteria)):
        assert part in cells
    for file in exercise.sources("mutants"):
        assert file.removesuffix(".py").replace("_", " ") in cells
    for check in exercise.checks:
        assert check.name.replace("_", " ") in cells
    assert "no check does" in cells


@pytest.fixture
def target(demo: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    notebooks.build(folder, folder=demo)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_an_edited_file_is_named_and_never_overwritten(demo: Path, target: Path) -> None:
    path = target / "learner" / "demo" / "half.py"
    edit(path, "...", "x / 2")
    (found,) = notebooks.stale(target, folder=demo)
    assert (found.path, found.why.split(";")[0]) == ("learner/demo/half.py", "edited by hand")
    with pytest.raises(ValueError, match=r"learner/demo/half\.py in .* would be overwritten"):
        notebooks.build(target, folder=demo)
    assert "x / 2" in path.read_text()
    assert notebooks.build(target, folder=demo, force=True) == ("learner/demo/half.py",)
    assert notebooks.stale(target, folder=demo) == ()


def test_a_change_of_the_exercise_makes_its_files_stale(demo: Path, target: Path) -> None:
    edit(demo / "demo" / "half" / "exercise.md", "Which operator", "Which sign")
    assert [str(item) for item in notebooks.stale(target, folder=demo)] == [
        "instructor/demo/half.ipynb: stale, its exercise has changed; build again"
    ]
    edit(demo / "demo" / "half" / "exercise.md", "Halve.", "Cut in two.")
    assert len(notebooks.stale(target, folder=demo)) == 2
    notebooks.build(target, folder=demo)
    assert notebooks.stale(target, folder=demo) == ()


def test_a_changed_mutant_or_rubric_is_noticed_too(demo: Path, target: Path) -> None:
    path = demo / "demo" / "half" / "mutants" / "floor.py"
    path.write_text(f"{path.read_text()}# Rounds down.\n")
    assert [item.path for item in notebooks.stale(target, folder=demo)] == [
        "instructor/demo/half.ipynb"
    ]


def test_missing_left_over_and_foreign_files(demo: Path, target: Path) -> None:
    (target / "learner" / "demo" / "half.py").unlink()
    (target / "learner" / "demo" / "notes.txt").write_text("mine")
    (target / "learner" / ".ipynb_checkpoints").mkdir()
    (target / "learner" / ".ipynb_checkpoints" / "half.ipynb").write_text("{}")
    why = {item.path: item.why for item in notebooks.stale(target, folder=demo)}
    assert why == {
        "learner/demo/half.py": "missing; build again",
        "learner/demo/notes.txt": "not generated; move it out of the folder",
    }
    (target / "learner" / "demo" / "notes.txt").unlink()
    shutil.copytree(demo / "demo" / "half", demo / "demo" / "third")
    edit(demo / "demo" / "third" / "exercise.md", "id: demo/half", "id: demo/third")
    notebooks.build(target, folder=demo)
    shutil.rmtree(demo / "demo" / "third")
    left = notebooks.stale(target, folder=demo)
    assert [item.path for item in left] == [
        "instructor/demo/third.ipynb", "learner/demo/third.ipynb", "learner/demo/third.py"
    ]  # fmt: skip
    assert all("left over" in item.why for item in left)
    notebooks.build(target, folder=demo)
    assert notebooks.stale(target, folder=demo) == ()
    assert not (target / "learner" / "demo" / "third.py").exists()


def test_a_file_that_was_there_before_the_first_build_stays(demo: Path, tmp_path: Path) -> None:
    path = tmp_path / "dist" / "learner" / "demo" / "half.py"
    path.parent.mkdir(parents=True)
    path.write_text("my answer")
    with pytest.raises(ValueError, match="would be overwritten"):
        notebooks.build(tmp_path / "dist", folder=demo)
    assert path.read_text() == "my answer"


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"schema": 9, "files": {}}', '{"schema": 1, "files": {"../x.py": "ab"}}',
     '{"schema": 1, "files": {"learner/x.py": 3}}', '{"schema": 1, "files": []}'],
)  # fmt: skip
def test_a_broken_list_of_files_is_told(demo: Path, target: Path, text: str) -> None:
    (target / notebooks.MANIFEST).write_text(text)
    for call in (notebooks.stale, notebooks.build):
        with pytest.raises(ValueError, match="is not a list of generated files; delete"):
            call(target, folder=demo)


def test_two_builds_are_equal_byte_for_byte(demo: Path, target: Path, tmp_path: Path) -> None:
    notebooks.build(tmp_path / "again", folder=demo)
    for path in target.rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(target)).read_bytes()


def test_the_learners_notebook_works_with_the_verbs(demo: Path, target: Path) -> None:
    path = target / "learner" / "demo" / "half.ipynb"
    names = sources.execute(sources.read(path, ("half",)))
    assert learner.check("demo/half", names, folder=demo).state == "not started"
    cells = [c for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"]
    assert [cell["metadata"].get("tags", []) for cell in cells] == [[], ["exercise"], []]
    assert cells[-1]["source"] == 'check("demo/half")'


def test_command_line_verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declare, "find", lambda folder=None: ("start/paired-interval",))
    text, code = notebooks.command(tmp_path)
    assert code == 0
    assert text.endswith(f"3 files written below {tmp_path}")
    edit(tmp_path / "learner" / "start" / "paired-interval.py", "...", "1")
    text, code = notebooks.command(tmp_path, check=True)
    assert code == 1
    assert text.startswith("learner/start/paired-interval.py: edited by hand")


def test_headers_of_mutants_are_those_of_the_self_test() -> None:
    assert selftest.HEADER.findall("# rejected_by: a\n# says: b\n") == [
        ("rejected_by", "a"),
        ("says", "b"),
    ]
