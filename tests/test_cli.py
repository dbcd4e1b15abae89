"""Each verb calls its function, prints what it returns, and ends with the right code."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from lablib import cli, experiment, record
from lablib.exercises import declare, template
from lablib.experiment import AcceptanceError


def made(name: str) -> record.Record:
    recorder = record.start(name, scale="quick", config={}, seeds=[0])
    recorder.metric("coin.heads", 0.5)
    return recorder.finish(baseline="coin.heads", control="coin.heads")


VERBS = ["doctor", "explain", "data", "run", "card", "check", "start", "selftest", "exercises"]
TEACHING = ["grade", "report", "export", "autograder"]


@pytest.mark.parametrize("verb", [*VERBS, *TEACHING])
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([verb, "--help"])
    assert end.value.code == 0
    assert verb in capsys.readouterr().out


def test_run_prints_the_metrics_and_saves_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = []

    def run(name: str, **settings: object) -> record.Record:
        saved.append(settings["save"])
        return made(name)

    monkeypatch.setattr(experiment, "run", run)
    monkeypatch.setattr(record, "results_folder", lambda: tmp_path)
    assert cli.main(["run", "demo/coin"]) == 0
    assert cli.main(["run", "demo/coin", "--save"]) == 0
    assert saved == [None, tmp_path]
    assert "coin.heads = 0.5000" in capsys.readouterr().out


def test_run_all_runs_every_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []
    monkeypatch.setattr(experiment, "names", lambda: ("demo/coin", "demo/die"))
    monkeypatch.setattr(experiment, "run", lambda name, **_: ran.append(name) or made(name))
    assert cli.main(["run", "--all", "--scale", "full"]) == 0
    assert ran == ["demo/coin", "demo/die"]


def test_where_the_files_lie_and_who_computes_does_not_keep_a_record_from_being_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = []

    def run(name: str, **settings: object) -> record.Record:
        calls.append(settings)
        return made(name)

    monkeypatch.setattr(experiment, "run", run)
    monkeypatch.setattr(record, "results_folder", lambda: tmp_path)
    name = "robustness/published-radius"  # the command that its page names
    words = ["run", name, "--scale", "full", "--folder", "mnist", "--processes", "2", "--save"]
    assert cli.main(words) == 0
    assert calls == [
        {"scale": "full", "progress": calls[0]["progress"], "save": tmp_path}
        | {"folder": "mnist", "processes": 2}
    ]
    assert "bands not checked" not in capsys.readouterr().out
    assert cli.main([*words, "--epochs", "1"]) == 2
    assert "and epochs would change them" in capsys.readouterr().err


def test_run_hands_settings_to_the_experiment_and_never_saves_them_among_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = []

    def run(name: str, **settings: object) -> record.Record:
        calls.append(settings)
        return made(name)

    monkeypatch.setattr(experiment, "run", run)
    name = "start/claims-and-intervals"
    words = ["run", "--seeds", "3,4", name, "--trees=9", "--out", str(tmp_path)]
    assert cli.main(words) == 0
    assert calls[0]["seeds"] == (3, 4)
    assert calls[0]["trees"] == 9
    assert calls[0]["save"] == str(tmp_path)
    assert "bands not checked" in capsys.readouterr().out
    assert cli.main(["run", name, "--trees", "9", "--save"]) == 2
    assert len(calls) == 1
    assert "write it with --out FOLDER" in capsys.readouterr().err
    assert cli.main(["run", name, "--trees", "many"]) == 2
    assert "--trees is 'many'; it must be a whole number" in capsys.readouterr().err
    assert cli.main(["run", name, "--tree", "9"]) == 2
    assert "did you mean --trees?" in capsys.readouterr().err
    assert len(calls) == 1


def test_run_wants_names_or_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run"]) == 2
    assert "--all" in capsys.readouterr().err


def test_a_result_outside_its_band_ends_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(name: str, **_: object) -> record.Record:
        raise AcceptanceError("coin.heads = 0.9 is outside [0.4, 0.6]")

    monkeypatch.setattr(experiment, "run", run)
    assert cli.main(["run", "demo/coin"]) == 1
    assert capsys.readouterr().err == "lablib: coin.heads = 0.9 is outside [0.4, 0.6]\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "demo/nothing"], "does not exist"),
        (["data", "show", "credit"], "credit-default"),
        (["card", "demo/nothing"], "lablib run demo/nothing --scale full --save"),
        (["check", "demo/nothing"], "demo/nothing"),
    ],
)
def test_wrong_input_is_one_sentence_and_ends_with_two(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    message = capsys.readouterr().err
    assert sentence in message
    assert "Traceback" not in message


def test_data_list_names_the_cards(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["data", "list"]) == 0
    assert "credit-default" in capsys.readouterr().out


def test_the_installed_command_answers() -> None:
    command = [sys.executable, "-m", "lablib.cli", "--version"]
    seen = subprocess.run(command, capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "0.1.0"


def test_a_reader_that_stops_early_is_no_error() -> None:
    command = f"{sys.executable} -m lablib.cli data show adult | head -n 1"
    seen = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert seen.stdout.count("\n") == 1
    assert seen.stderr == ""


def test_doctor_counts_what_is_to_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    from lablib import doctor, figures

    nothing = SimpleNamespace(which=lambda name: None, disk_usage=doctor.shutil.disk_usage)
    monkeypatch.setattr(doctor, "shutil", nothing)
    monkeypatch.setattr(figures, "dot_program", lambda: None)
    later = SimpleNamespace(version="3.13.0 (main)", version_info=(3, 13, 0))
    monkeypatch.setattr(doctor, "sys", later)
    text, code = doctor.report(doctor.examine())
    assert code == 1
    assert "FAIL  Python" in text
    assert "fix: install Python 3.11 or 3.12" in text
    assert "FAIL  Graphviz" in text
    assert "note  Chromium: absent" in text


def test_doctor_is_content_with_a_good_machine() -> None:
    from lablib.doctor import Finding, report

    fine = (Finding("a", True, "here"), Finding("b", False, "absent", "install b", needed=False))
    assert report(fine)[1] == 0
    assert report((*fine, Finding("c", False, "absent", "install c")))[1] == 1


def test_a_class_is_graded_reported_and_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise = declare.load("start/paired-interval")
    answer = tmp_path / "class" / "one" / "start-paired-interval.py"
    answer.parent.mkdir(parents=True)
    answer.write_text(template.solution(exercise))
    seed, out = tmp_path / "seed", tmp_path / "graded"
    seed.write_text("7\n")
    folder, where = str(tmp_path / "class"), ["--seed-file", str(seed), "--out", str(out)]
    # Our own solution: the only kind of code that may run without a sandbox.
    assert cli.main(["grade", folder, *where, "--no-sandbox"]) == 0
    assert "one,10.0,10.0" in (out / "grades.csv").read_text()
    assert cli.main(["report", str(out)]) == 0
    assert (out / "report.html").is_file()
    assert cli.main(["export", str(out), "--to", "csv"]) == 0
    assert (out / "grades-plain.csv").is_file()
    assert "seed 7" in capsys.readouterr().out


def test_the_seed_of_an_archive_must_be_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = tmp_path / "seed"
    seed.write_text("")
    archive = ["autograder", "start/paired-interval", "--out", str(tmp_path / "a.zip")]
    assert cli.main([*archive, "--seed-file", str(seed)]) == 2
    assert "is empty" in capsys.readouterr().err


def test_notebooks_are_generated_and_an_edited_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["exercises"]) == 0
    assert cli.main(["exercises", "--check"]) == 0
    edited = next(Path("dist/exercises/learner").rglob("*.py"))
    edited.write_text(edited.read_text() + "# mine\n")
    assert cli.main(["exercises", "--check"]) == 1
    assert edited.name in capsys.readouterr().out
