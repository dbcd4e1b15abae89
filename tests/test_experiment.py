"""Experiments are found by name and held to two-sided bands."""

import subprocess
import sys
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from lablib import experiment, record
from lablib.evaluation import Interval
from lablib.experiment import AcceptanceError


@dataclass(frozen=True)
class Coin:
    seeds: tuple[int, ...] = (0, 1)
    heads: float = 0.5
    folder: str | None = None


def toss(config: Coin, *, scale: str, progress: bool) -> record.Record:
    recorder = record.start("demo/coin", scale=scale, config=config, seeds=config.seeds)
    recorder.metric("coin.heads", config.heads)
    return recorder.finish(baseline="coin.heads", control="coin.heads")


@pytest.fixture
def coin(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    module = SimpleNamespace(
        CONFIGS={"quick": Coin()}, ACCEPTANCE={"quick": {"coin.heads": (0.4, 0.6)}}, run=toss
    )
    monkeypatch.setattr(experiment, "find", lambda name: module)
    return module


def test_a_result_inside_its_band_is_returned(coin: SimpleNamespace) -> None:
    assert experiment.run("demo/coin").value("coin.heads") == 0.5


@pytest.mark.parametrize("heads", [0.39, 0.61])
def test_too_bad_and_too_good_are_both_refused(coin: SimpleNamespace, heads: float) -> None:
    coin.CONFIGS = {"quick": Coin(heads=heads)}
    with pytest.raises(AcceptanceError, match=r"coin.heads = 0\.\d+ is outside \[0.4, 0.6\]"):
        experiment.run("demo/coin")


def test_overrides_are_used_and_not_held_to_the_bands(coin: SimpleNamespace) -> None:
    assert experiment.run("demo/coin", heads=0.9, seeds=(7,)).seeds == (7,)


def test_a_folder_of_files_still_has_to_keep_the_bands(coin: SimpleNamespace) -> None:
    assert experiment.run("demo/coin", folder="here").value("coin.heads") == 0.5
    coin.CONFIGS = {"quick": Coin(heads=0.9)}
    with pytest.raises(AcceptanceError, match=r"coin.heads = 0\.9 is outside"):
        experiment.run("demo/coin", folder="here")


def test_an_unknown_setting_or_scale_is_refused(coin: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="has no setting tails"):
        experiment.run("demo/coin", tails=1)
    with pytest.raises(ValueError, match="scale 'huge' is not one of quick"):
        experiment.run("demo/coin", scale="huge")


def test_an_experiment_without_bands_is_refused(coin: SimpleNamespace) -> None:
    coin.ACCEPTANCE = {"quick": {}}
    with pytest.raises(ValueError, match="no acceptance band"):
        experiment.run("demo/coin")


def test_a_band_can_hold_an_end_of_an_interval() -> None:
    recorder = record.start("demo/gain", scale="quick", config=Coin(), seeds=(0, 1))
    recorder.metric("gain", 0.1, interval=Interval(-0.01, 0.21))
    recorder.metric("bare", 0.1)
    done = recorder.finish(baseline="bare", control="bare")
    experiment.accept(done, {"gain.low": (-0.1, 0.0), "gain.high": (0.2, 0.3), "gain": (0.0, 0.2)})
    with pytest.raises(AcceptanceError, match=r"gain.low = -0.01 is outside \[0.0, 1.0\]"):
        experiment.accept(done, {"gain.low": (0.0, 1.0)})
    with pytest.raises(ValueError, match="'bare' has no interval"):
        experiment.accept(done, {"bare.low": (0.0, 1.0)})
    with pytest.raises(ValueError, match=r"gain.lo\b"):
        experiment.accept(done, {"gain.lo": (0.0, 1.0)})


def test_an_unknown_name_offers_close_ones() -> None:
    with pytest.raises(ValueError, match="did you mean explainability/readable-models"):
        experiment.find("explainability/readable-model")


def test_every_experiment_follows_the_convention() -> None:
    assert experiment.names()
    for name in experiment.names():
        module = experiment.find(name)
        assert {"quick", "full"} <= set(module.CONFIGS)
        for scale in module.CONFIGS:
            bands = module.ACCEPTANCE[scale]
            assert bands
            # A band of one number holds what must be exact, such as a leak of 0.
            assert all(low <= high for low, high in bands.values())
            assert any(low < high for low, high in bands.values())


def test_committed_records_lie_in_their_bands() -> None:
    for name in experiment.names():
        for scale in record.available(name):
            experiment.accept(
                record.load(name, scale=scale), experiment.find(name).ACCEPTANCE[scale]
            )


def test_importing_lablib_loads_nothing_heavy() -> None:
    code = (
        "import sys, lablib;"
        "heavy = {'torch', 'pandas', 'numpy', 'sklearn', 'matplotlib'} & set(sys.modules);"
        "print(sorted(heavy))"
    )
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"


def test_tabular_work_runs_without_torch() -> None:
    modules = "data, evaluation, exercises, experiment, figures, record"
    code = f"import sys; from lablib import {modules}; print('torch' in sys.modules)"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "False"
