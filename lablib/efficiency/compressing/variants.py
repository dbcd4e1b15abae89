"""One trained network and everything that is made from it, for one seed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor, nn

from lablib.efficiency.compressing.distilling import from_teacher, mixed_up
from lablib.efficiency.compressing.integer import dynamic_int8
from lablib.efficiency.compressing.pruning import (
    apply_masks,
    held_at_zero,
    magnitude_mask,
    masks_for,
    random_mask,
    two_of_four,
)
from lablib.efficiency.compressing.quality import DigitTensors
from lablib.efficiency.compressing.quantizing import rounded, rounding_while_training
from lablib.efficiency.compressing.shrinking import shrink, strongest_units
from lablib.efficiency.compressing.storing import GROUP
from lablib.models.mlp import MLP
from lablib.training import TrainingConfig, fit, predict
from lablib.training.config import DeviceName
from lablib.training.losses import classification_loss

BITS = (8, 4, 2)
WAYS = ("after", "longer", "with")  # rounded after training, after more of it, or during it
FRONTIER = ("original", "zeros", "two-of-four", "narrow", "int8", "int4", "student", "combined")
CHECKS = (
    "labels-only",
    "shuffled",
    "magnitude-cut",
    "random-cut",
    "random",
    "narrow-cut",
    "two-of-four-cut",
    *(f"{way}-{bits}" for way in WAYS for bits in BITS),
)


@dataclass(frozen=True)
class Recipe:
    """Sizes and lengths of what is trained.

    Attributes
    ----------
    hidden : widths of the original network.
    narrow : widths that structured pruning leaves of it.
    student : widths of the student.
    combined : widths that structured pruning leaves of the student.
    sparsity : share of weights set to zero by unstructured pruning.
    epochs, retraining : passes of a first training, and after pruning.
    rounding, rounding_rate : passes and rate of a training that foresees rounding.
    student_epochs : passes of a student.
    rate, retraining_rate, batch_size : of AdamW; a student, smaller, takes the higher rate too.
    """

    hidden: tuple[int, ...] = (1024, 256)
    narrow: tuple[int, ...] = (256, 64)
    student: tuple[int, ...] = (256, 64)
    combined: tuple[int, ...] = (128, 64)
    sparsity: float = 0.9
    epochs: int = 5
    retraining: int = 2
    rounding: int = 1
    rounding_rate: float = 5e-4
    student_epochs: int = 8
    rate: float = 2e-3
    retraining_rate: float = 4e-3
    batch_size: int = 128


@dataclass(frozen=True, eq=False)
class Built:
    """A model that answers, the float32 model behind it, and the form it is stored in."""

    model: nn.Module
    behind: MLP
    form: str = "float32"


def build(
    data: DigitTensors, recipe: Recipe, *, seed: int, device: str = "cpu"
) -> dict[str, Built]:
    """Train the original network, compress it in every way, and train what to compare with.

    Parameters
    ----------
    data : its training part is used.
    recipe : how.
    seed : of initial weights, order, random masks and mixing.
    device : that trains: "cpu", "cuda", "mps" or "auto".

    Returns
    -------
    Name to model, for all of `FRONTIER` and `CHECKS`; all on the processor.
    """
    maker = Maker(data, recipe, seed, device)
    original = maker.fresh(recipe.hidden)
    maker.train(original, epochs=recipe.epochs, rate=recipe.rate)
    models = {"original": Built(original, original)}
    models |= _pruned(maker, original) | _rounded(maker, original) | _students(maker, original)
    return models


@dataclass(frozen=True, eq=False)
class Maker:
    """Makes and trains networks on one split's digits, all by the same recipe and from one seed.

    `device` trains them; then they are brought back to the processor, where all is measured.
    """

    data: DigitTensors
    recipe: Recipe
    seed: int
    device: str = "cpu"

    def fresh(self, hidden: Sequence[int]) -> MLP:
        """A network with these hidden widths that has learned nothing."""
        inputs = self.data.train[0].shape[1]
        return MLP(inputs, hidden=hidden, out_features=10, seed=self.seed)

    def train(self, model: MLP, *, epochs: int, rate: float, teacher: Tensor | None = None) -> MLP:
        """`model`, trained in place and on the processor again.

        Parameters
        ----------
        model : any network of this kind.
        epochs, rate : passes over the training part, and the highest learning rate.
        teacher : logits (N, 10) to learn from; None learns from the labels.
        """
        x, y = self.data.train
        settings = TrainingConfig(
            epochs=epochs,
            batch_size=self.recipe.batch_size,
            learning_rate=rate,
            schedule="cosine",
            seed=self.seed,
            device=cast(DeviceName, self.device),
        )
        loss: Any = classification_loss if teacher is None else from_teacher
        fit(model, (x, y if teacher is None else teacher), loss=loss, config=settings)
        return model.cpu()

    def again(self, model: MLP, teacher: Tensor | None = None) -> MLP:
        """`model`, trained further at the lower rate for what was cut away."""
        rate = self.recipe.retraining_rate
        return self.train(model, epochs=self.recipe.retraining, rate=rate, teacher=teacher)


def _pruned(maker: Maker, original: MLP) -> dict[str, Built]:
    recipe = maker.recipe
    chance = partial(random_mask, sparsity=recipe.sparsity, seed=maker.seed)
    rules: dict[str, tuple[str, Callable[[Tensor], Tensor]]] = {
        "zeros": ("magnitude-cut", partial(magnitude_mask, sparsity=recipe.sparsity)),
        "random": ("random-cut", chance),
        "two-of-four": ("two-of-four-cut", two_of_four),
    }
    found = {}
    for name, (cut, rule) in rules.items():
        masks = masks_for(original, rule)
        found[cut] = apply_masks(copy.deepcopy(original), masks)
        model = copy.deepcopy(original)
        with held_at_zero(model, masks):
            maker.again(model)
        found[name] = model
    found["narrow-cut"] = shrink(original, strongest_units(original, widths=recipe.narrow))
    found["narrow"] = maker.again(copy.deepcopy(found["narrow-cut"]))
    forms = {"zeros": "places", "random": "places", "two-of-four": "two-of-four"}
    return {name: Built(m, m, forms.get(name, "float32")) for name, m in found.items()}


def _rounded(maker: Maker, original: MLP) -> dict[str, Built]:
    eight = rounded(copy.deepcopy(original), bits=8)
    four = rounded(copy.deepcopy(original), bits=4, group=GROUP)
    found = {
        "int8": Built(dynamic_int8(original), eight, "int8"),
        "int4": Built(four, four, "int4"),
    }
    more = partial(maker.train, epochs=maker.recipe.rounding, rate=maker.recipe.rounding_rate)
    longer = more(copy.deepcopy(original))
    for bits in BITS:
        foreseen = copy.deepcopy(original)
        with rounding_while_training(foreseen, bits=bits):
            more(foreseen)
        ways = {
            "after": rounded(copy.deepcopy(original), bits=bits),
            "longer": rounded(copy.deepcopy(longer), bits=bits),
            "with": foreseen,
        }
        found |= {f"{way}-{bits}": Built(model, model) for way, model in ways.items()}
    return found


def _students(maker: Maker, original: MLP) -> dict[str, Built]:
    recipe = maker.recipe
    answers = predict(original, maker.data.train[0])
    lessons = {
        "student": answers,
        "labels-only": None,
        "shuffled": mixed_up(answers, seed=maker.seed),
    }
    found = {
        name: maker.train(
            maker.fresh(recipe.student),
            epochs=recipe.student_epochs,
            rate=recipe.retraining_rate,
            teacher=lesson,
        )
        for name, lesson in lessons.items()
    }
    kept = strongest_units(found["student"], widths=recipe.combined)
    small = maker.again(shrink(found["student"], kept), teacher=answers)
    with torch.no_grad():
        behind = rounded(copy.deepcopy(small), bits=8)
    built = {name: Built(model, model) for name, model in found.items()}
    return built | {"combined": Built(dynamic_int8(small), behind, "int8")}
