"""Every committed record keeps the bands that hold the sentences of its page."""

import pytest

from lablib import experiment, record

COMMITTED = [(name, scale) for name in experiment.names() for scale in record.available(name)]


@pytest.mark.parametrize(("name", "scale"), COMMITTED)
def test_a_committed_record_keeps_its_bands(name: str, scale: str) -> None:
    experiment.accept(record.load(name, scale=scale), experiment.find(name).ACCEPTANCE[scale])


def test_there_are_records_to_hold() -> None:
    assert ("start/claims-and-intervals", "full") in COMMITTED


def test_a_record_that_left_its_band_is_found() -> None:
    found = record.load("start/claims-and-intervals", scale="full")
    name = next(iter(found.metrics))
    with pytest.raises(experiment.AcceptanceError, match="is outside"):
        experiment.accept(found, {name: (found.value(name) + 1, found.value(name) + 2)})
