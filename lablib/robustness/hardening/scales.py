"""What the page on adversarial training shows of larger runs: its full record, and the bar."""

from __future__ import annotations

from collections.abc import Callable

from lablib import figures
from lablib.figures import TableView
from lablib.record import Record
from lablib.robustness.hardening.drawing import NAMES

PUBLISHED = "robustness/published-radius"
BARS = {"clean": 0.985, "attacked": 0.885, "goal": 0.928}


def at_full_scale(result: Record) -> TableView:
    """The page's record beside the full one, or the command that makes it."""
    names: dict[str, str | Callable[[Record], str]] = {
        "radius": lambda one: f"{one.config['threat']['eps']:g}"
    }
    for name in ("plain", "fast", "pgd", "trades"):
        names[f"{NAMES[name]}, not attacked"] = f"{name}.accuracy"
        names[f"{NAMES[name]}, AutoAttack"] = f"{name}.autoattack"
    return figures.beside_full(
        result,
        names,
        caption="Accuracy; 95 % intervals, over seeds and under AutoAttack over pictures.",
        form=".1%",
        bounds=(0, 1),
        options="--folder MNIST-FILES",
    )


def at_published_radius() -> TableView:
    """What training reaches at the published radius, beside its targets; or the command."""
    full = figures.full_record(PUBLISHED)
    rows = [
        {
            "quantity": label,
            "plain training": _share(full, f"plain.{name}", form),
            "PGD training": _share(full, f"pgd.{name}", form),
            "target": target,
        }
        for name, form, label, target in (
            ("accuracy", ".2%", "not attacked", f"{BARS['clean']:.1%}"),
            ("robust", ".1%", "our PGD, over seeds", ""),
            ("our-pgd", ".2%", "our PGD, network of AutoAttack", ""),
            ("autoattack", ".2%", "AutoAttack, standard", f"{BARS['attacked']:.1%}"),
        )
    ]
    note = figures.full_note(PUBLISHED, full, options="--folder MNIST-FILES")
    return figures.table(rows, caption=f"{_published(full)} {note}")


def _share(full: Record | None, name: str, form: str) -> str:
    return figures.written(full[name], form, bounds=(0, 1)) if full else "not run"


def _published(full: Record | None) -> str:
    if full is None:
        return "Radius 0.3 on the published pictures has not been run here."
    pictures = [f"{full[f'{name}.autoattack'].n:,}" for name in ("pgd", "plain")]
    return (
        f"Radius {full.config['threat']['eps']:g}, {full.value('train.pictures'):,.0f} pictures to "
        f"learn from. Not attacked and our PGD over seeds: mean and 95 % interval over "
        f"{len(full.seeds)} seeds. AutoAttack: {pictures[0]} pictures ({pictures[1]} for plain "
        f"training) on the network of the first seed, exact 95 % interval; the goal beyond the "
        f"target is {BARS['goal']:.1%}."
    )
