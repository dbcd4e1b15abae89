import re

import pytest

from lablib import experiment
from lablib.robustness import adversarial_training as page
from lablib.robustness.hardening import drawing, scales

SMALL = {
    "seeds": (0, 1),
    "width": 32,
    "epochs": 2,
    "attacked": 60,
    "official": 20,
    "parts": ("apgd-ce",),
    "checked": 60,
    "draws": 50,
    "certified": 10,
}


@pytest.fixture(scope="module")
def small():
    return experiment.run(page.NAME, scale="quick", check=False, **SMALL)


def test_every_bound_names_a_metric(small):
    for scale in ("quick", "full"):
        for name in page.ACCEPTANCE[scale]:
            base, _, end = name.rpartition(".")
            known = name in small.metrics or (end in ("low", "high") and base in small.metrics)
            assert known, name


def test_one_seed_is_refused_before_anything_is_trained(monkeypatch):
    monkeypatch.setattr(page, "train", lambda *args, **options: pytest.fail("began to work"))
    with pytest.raises(ValueError, match=r"seeds=\(0,\) holds one"):
        page.run(page.Config(seeds=(0,)))


def test_shares_stay_shares(small):
    """With two seeds most Student intervals reach below 0 or above 1."""
    cells = [text for one in drawing.radii(small).settings for text in one.readouts.values()]
    for row in drawing.beside_autoattack(small).rows:
        cells += [row["our PGD"], row["AutoAttack"]]
    cells += [list(row.values())[1] for row in scales.at_full_scale(small).rows]
    numbers = [float(n) for cell in cells for n in re.findall(r"(-?[\d.]+)%", cell)]
    assert len(numbers) > 60
    assert min(numbers) >= 0
    assert max(numbers) <= 100


def test_signs_of_a_small_run(small):
    assert small.value("zeros.change") == 0  # the zero generator IS plain training
    assert small.value("pgd.robust") > small.value("parameter.robust") + 0.1
    assert small.value("collapse.largest-share") > 0.5
    assert small.value("masking.quantised.failed") >= 2
    assert (small.baseline, small.control) == ("plain.robust", "parameter.robust")


def test_the_radii_are_explored_with_the_numbers_of_the_record(small):
    view = drawing.radii(small)
    grid = sorted({*small.config["radii"], small.config["threat"]["eps"]})
    assert [one.label for one in view.settings] == [f"{eps:g}" for eps in grid]
    far = view.settings[-1]
    for name, mark in zip(drawing.CURVES, far.marks, strict=True):
        assert mark.y == [small.value(f"{name}.robust-{grid[-1]:g}")]
        assert f"{mark.y[0]:.0%}" in view.predict.answer
    assert view.settings[view.default].label == f"{small.config['threat']['eps']:g}"


def test_figures_can_be_drawn(small):
    for draw in (
        drawing.withstanding,
        drawing.radii,
        drawing.overfitting,
        drawing.certificates,
        drawing.beside_autoattack,
        scales.at_full_scale,
    ):
        assert len(draw(small)._repr_html_()) > 200
