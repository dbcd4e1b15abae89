"""A record round-trips, refuses half a result, and is never half written."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib import record
from lablib.evaluation.intervals import Estimate, Interval
from lablib.record import Record


def finished(value: float = 0.5) -> Record:
    recorder = record.start(
        "demo/coin", scale="quick", config={"flips": 10}, seeds=[3, 4], data={"coins": "ab" * 32}
    )
    recorder.metric("coin.heads", value, interval=Interval(value - 1, value + 1), n=10)
    recorder.metric("fair.heads", 0.5)
    recorder.table("flips", [{"side": "heads", "count": 5}])
    return recorder.finish(baseline="fair.heads", control="fair.heads")


@given(value=st.floats(-1e6, 1e6))
@settings(max_examples=25, deadline=None)
def test_save_and_load_return_the_same_record(
    tmp_path_factory: pytest.TempPathFactory, value: float
) -> None:
    folder = tmp_path_factory.mktemp("results")
    made = finished(value)
    made.save(folder)
    assert record.load("demo/coin", scale="quick", folder=folder) == made


def test_saving_leaves_one_file_and_no_part(tmp_path: Path) -> None:
    path = finished().save(tmp_path)
    assert path == tmp_path / "demo" / "coin.quick.json"
    assert [p.name for p in path.parent.iterdir()] == ["coin.quick.json"]


def test_a_failed_save_keeps_the_old_record(tmp_path: Path) -> None:
    path = finished().save(tmp_path)
    before = path.read_bytes()
    broken = finished()
    broken.config["flips"] = object()
    with pytest.raises(TypeError):
        broken.save(tmp_path)
    assert path.read_bytes() == before


def test_available_lists_scales(tmp_path: Path) -> None:
    assert record.available("demo/coin", folder=tmp_path) == ()
    finished().save(tmp_path)
    assert record.available("demo/coin", folder=tmp_path) == ("quick",)


def test_absent_record_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"lablib run demo/coin --scale full --save"):
        record.load("demo/coin", scale="full", folder=tmp_path)


def test_a_record_of_another_schema_is_refused(tmp_path: Path) -> None:
    path = finished().save(tmp_path)
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": 0}))
    with pytest.raises(ValueError, match="schema 0, expected 1"):
        record.load("demo/coin", scale="quick", folder=tmp_path)


def test_a_result_without_baseline_or_control_is_refused() -> None:
    recorder = record.start("demo/coin", scale="quick", config={}, seeds=[0])
    recorder.metric("coin.heads", 0.5)
    with pytest.raises(ValueError, match="control 'shuffled.heads' was never recorded"):
        recorder.finish(baseline="coin.heads", control="shuffled.heads")


@pytest.mark.parametrize(
    ("value", "interval", "message"),
    [
        (float("nan"), None, "only finite numbers"),
        (0.9, Interval(0.1, 0.2), "lies outside its interval"),
    ],
)
def test_wrong_numbers_are_refused(value: float, interval: Interval | None, message: str) -> None:
    recorder = record.start("demo/coin", scale="quick", config={}, seeds=[0])
    with pytest.raises(ValueError, match=message):
        recorder.metric("coin.heads", value, interval=interval)


def test_an_estimate_is_kept_whole_and_held_to_the_same_rules() -> None:
    recorder = record.start("start/x", scale="quick", config={}, seeds=(0,))
    recorder.estimate("a.gain", Estimate(0.2, Interval(0.1, 0.4), n=7), unit="bits")
    kept = recorder.metrics["a.gain"]
    assert (kept.value, kept.interval, kept.n, kept.unit) == (0.2, Interval(0.1, 0.4), 7, "bits")
    with pytest.raises(ValueError, match="outside its interval"):
        recorder.estimate("b.gain", Estimate(0.5, Interval(0.1, 0.4), n=7))


def test_a_name_is_recorded_once() -> None:
    recorder = record.start("demo/coin", scale="quick", config={}, seeds=[0])
    recorder.metric("coin.heads", 0.5)
    with pytest.raises(ValueError, match="recorded twice"):
        recorder.metric("coin.heads", 0.6)


def test_an_unknown_metric_lists_the_known() -> None:
    with pytest.raises(ValueError, match=r"it has: coin.heads, fair.heads"):
        finished().value("coin.tails")


def test_glue_hands_every_metric_and_bound_to_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    glued: dict[str, float] = {}
    monkeypatch.setattr(record, "glue", glued.update)
    finished().glue("quick.")
    assert glued["quick.coin.heads"] == 0.5
    assert glued["quick.coin.heads.low"] == -0.5
    assert glued["quick.seeds"] == 2
