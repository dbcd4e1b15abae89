"""The stopwatch sees work, and the fingerprint sees a changed line."""

from pathlib import Path

from lablib.measure import Stopwatch, code_fingerprint, environment


def test_work_costs_processor_seconds_and_memory() -> None:
    watch = Stopwatch()
    while watch.stop().cpu_seconds < 0.02:
        sum(range(10_000))
    cost = watch.stop()
    assert cost.energy_wh > 0
    assert 5 < cost.peak_memory_mb < 50_000


def test_the_fingerprint_changes_with_code_and_cards_only(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "card.yml").write_text("rows: 3\n")
    (tmp_path / "note.txt").write_text("one\n")
    seen = {code_fingerprint(tmp_path)}
    (tmp_path / "note.txt").write_text("two\n")
    assert code_fingerprint(tmp_path) in seen
    for name, text in (("a.py", "x = 2\n"), ("card.yml", "rows: 4\n"), ("b.py", "")):
        (tmp_path / name).write_text(text)
        assert code_fingerprint(tmp_path) not in seen
        seen.add(code_fingerprint(tmp_path))


def test_the_environment_names_versions_but_no_path() -> None:
    seen = environment()
    assert seen["numpy"].count(".") == 2
    assert not any("/" in value for value in seen.values())
