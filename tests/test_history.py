"""A replaced record leaves a line behind: readable, complete, and only when something changed."""

from __future__ import annotations

import json
from pathlib import Path

from lablib import history, record
from lablib.evaluation.intervals import Interval


def saved(folder: Path, value: float, *, seeds: tuple[int, ...] = (1, 2)) -> Path:
    recorder = record.start("demo/coin", scale="full", config={}, seeds=seeds)
    recorder.metric("coin.heads", value, interval=Interval(value - 0.1, value + 0.1), n=9)
    recorder.metric("fair.heads", 0.5)
    made = recorder.finish(baseline="fair.heads", control="fair.heads")
    made.cost["wall_seconds"] = made.cost["cpu_seconds"] = made.cost["energy_wh"] = 1.0
    made.cost["peak_memory_mb"] = 10.0
    return made.save(folder)


def test_a_first_record_has_no_history(tmp_path: Path) -> None:
    path = saved(tmp_path, 0.4)
    assert history.load(path) == ()
    assert [p.name for p in path.parent.iterdir()] == ["coin.full.json"]


def test_what_was_replaced_can_be_read_oldest_first(tmp_path: Path) -> None:
    for value in (0.4, 0.45, 0.7):
        path = saved(tmp_path, value)
    old, middle = history.load(path)
    assert old.numbers["coin.heads"] == (0.4, Interval(0.4 - 0.1, 0.4 + 0.1))
    assert old.numbers["fair.heads"] == (0.5, None)
    assert (middle.numbers["coin.heads"][0], middle.seeds, middle.wall_seconds) == (0.45, 2, 1.0)
    made = record.load("demo/coin", scale="full", folder=tmp_path)
    assert (old.created, old.code) == (made.created, made.code)
    assert old.device == made.environment["device"]


def test_the_same_record_again_adds_no_line(tmp_path: Path) -> None:
    for value in (0.4, 0.4, 0.45, 0.4, 0.45):
        path = saved(tmp_path, value)
    assert [round(e.numbers["coin.heads"][0], 3) for e in history.load(path)] == [0.4, 0.45]


def test_history_is_no_record(tmp_path: Path) -> None:
    for value in (0.4, 0.5):
        saved(tmp_path, value)
    assert record.available("demo/coin", folder=tmp_path) == ("full",)
    assert len(list(tmp_path.rglob("*.json"))) == 1


def test_a_number_that_left_its_earlier_interval_is_named(tmp_path: Path) -> None:
    saved(tmp_path, 0.4)
    path = saved(tmp_path, 0.45)
    saved(tmp_path, 0.7)
    now = {"coin.heads": 0.7, "fair.heads": 0.9, "new.heads": 1.0}
    assert [history.moved(e, now) for e in history.load(path)] == [("coin.heads",)] * 2
    assert history.moved(history.load(path)[0], {"coin.heads": 0.45}) == ()


def test_a_record_of_an_older_schema_leaves_what_it_has(tmp_path: Path) -> None:
    path = saved(tmp_path, 0.4)
    path.write_text(json.dumps({"schema": 0, "metrics": {"a.b": {"value": 1.0}}}), "utf-8")
    saved(tmp_path, 0.5)
    (earlier,) = history.load(path)
    assert (earlier.created, earlier.numbers) == ("not stated", {"a.b": (1.0, None)})


def test_a_damaged_record_costs_no_run_and_leaves_a_line(tmp_path: Path) -> None:
    path = saved(tmp_path, 0.4)
    path.write_text("{", "utf-8")
    saved(tmp_path, 0.5)
    assert record.load("demo/coin", scale="full", folder=tmp_path).value("coin.heads") == 0.5
    (earlier,) = history.load(path)
    assert (earlier.created, earlier.numbers) == ("not stated", {})
