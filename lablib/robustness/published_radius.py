"""The published radius of digits: AutoAttack at 0.3, on all 10,000 pictures of the test part.

For each seed a small convolutional network is trained by PGD, and once plainly as the
baseline. Every picture of the test part meets the official attack, in its standard version, on the
network of the first seed; the others meet our PGD. The control that must fail is the same attack on
the plain network. Networks and lengths are chosen so that a processor finishes in about an hour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import starmap
from multiprocessing import get_context
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from lablib import record
from lablib.data import load
from lablib.data.image import ImageData
from lablib.evaluation import across_seeds
from lablib.record import Record, Recorder
from lablib.robustness.attacks import pgd, withstood
from lablib.robustness.hardening.digits import DigitSplit, Kind, cut, network, trained
from lablib.robustness.hardening.losses import Ramp, adversarial_loss, plain_loss
from lablib.robustness.official import STANDARD, Part, autoattack
from lablib.robustness.threat import ThreatModel
from lablib.training import TrainingConfig, predict
from lablib.training.config import DeviceName

NAME = "robustness/published-radius"
CHUNK = 500  # pictures between two steps of the progress bar
PAIR: dict[str, Callable[..., Tensor]] = {"plain": plain_loss, "pgd": adversarial_loss}


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings; each can be set on the command line, as in ``--folder DIR --seeds 0,1``.

    `folder` holds the published MNIST files; without it the packaged 5,000 pictures are split at
    random. `threat` is what is attacked, and training meets `widened` times its radius, which grows
    to that over the first `ramp` share of all batches. `attacked` pictures meet our PGD with
    `steps` for each seed, `official` meet AutoAttack (None: all), and `control` do so on the plain
    network. `parts` says how much of AutoAttack runs. `processes` work side by side, one core each:
    give as many as the machine has cores, and 1 with a graphics card.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    folder: str | None = None
    kind: Kind = "cnn"
    width: int = 128
    threat: ThreatModel = field(default_factory=lambda: ThreatModel(eps=0.3))
    widened: float = 1.1
    ramp: float = 0.3
    options: Mapping[str, Any] = field(default_factory=lambda: {"steps": 5, "reach": 2.0})
    epochs: int = 14
    batch_size: int = 128
    learning_rate: float = 3e-3
    steps: int = 100
    attacked: int | None = 1000
    official: int | None = None
    control: int = 1000
    parts: tuple[Part, ...] = STANDARD
    processes: int = 1
    device: DeviceName = "auto"


CONFIGS = {
    "quick": Config(
        seeds=(0, 1), epochs=5, steps=20, attacked=200, official=100, control=50,
        parts=("apgd-ce",), device="cpu",
    ),
    "full": Config(),
}  # fmt: skip


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> Record:
    """Train and attack; metrics are `<training>.<quantity>`."""
    data = load("mnist", folder=config.folder)
    # Neither whose files they were, which `data.sources` says, nor how many worked is a result.
    settings = replace(config, folder=None, processes=1)
    recorder = record.start(
        NAME, scale=scale, config=settings, seeds=config.seeds, data=data.sources
    )
    found: dict[str, list[float]] = defaultdict(list)
    first: dict[str, nn.Module] = {}
    jobs = [(data, config, seed) for seed in config.seeds]
    for models, scores in spread(one_seed, jobs, config, title=NAME, progress=progress):
        first = first or models
        for name, share in scores.items():
            found[name].append(share)
    for name, values in found.items():
        recorder.estimate(name, across_seeds(values))
    digits = cut(data, seed=config.seeds[0])
    for name, count in (("pgd", config.official), ("plain", config.control)):
        audit(recorder, name, first[name], digits.attacked(count), config, progress=progress)
    recorder.metric("train.pictures", len(digits.train[1]))
    recorder.metric("parameters", sum(one.numel() for one in first["pgd"].parameters()))
    return recorder.finish(baseline="plain.robust", control="plain.autoattack")


def one_seed(
    data: ImageData, config: Config, seed: int
) -> tuple[dict[str, nn.Module], dict[str, float]]:
    """Both networks of a seed, and their accuracies with the difference between the two.

    Parameters
    ----------
    data, config
        Pictures, and how to train and attack.
    seed
        Of the split, initial weights and order.
    """
    digits = cut(data, seed=seed)
    models = {name: train(name, digits, config, seed=seed) for name in PAIR}
    scores = {
        f"{name}.{quantity}": share
        for name, model in models.items()
        for quantity, share in withstanding(model, digits, config).items()
    }
    for quantity in ("accuracy", "robust"):
        difference = scores[f"pgd.{quantity}"] - scores[f"plain.{quantity}"]
        scores[f"pgd.minus-plain.{quantity}"] = difference
    return models, scores


def train(name: str, digits: DigitSplit, config: Config, *, seed: int) -> nn.Module:
    """A new network, trained with one loss of `PAIR`.

    Parameters
    ----------
    name, digits, config
        Which, on what and how.
    seed
        Of initial weights and order.
    """
    batches = config.epochs * (len(digits.train[1]) // config.batch_size)
    wider = config.threat.scaled(config.widened)
    options = dict(config.options) if name == "pgd" else {}
    training = TrainingConfig(
        epochs=config.epochs, batch_size=config.batch_size, learning_rate=config.learning_rate,
        schedule="cosine", weight_decay=0.0, seed=seed, device=config.device,
    )  # fmt: skip
    loss = Ramp(PAIR[name], wider, int(config.ramp * batches), options)
    model = network(config.kind, width=config.width, seed=seed)
    return trained(model, digits.train, loss=loss, config=training).model


def withstanding(model: nn.Module, digits: DigitSplit, config: Config) -> dict[str, float]:
    """Accuracy on the whole test part, and the share of its first pictures that withstand our PGD.

    Parameters
    ----------
    model, digits, config
        Whom, on what and how hard.
    """
    images, target = digits.test
    right = predict(model, images).argmax(1) == target
    return {
        "accuracy": float(right.float().mean()),
        "robust": withstood(_climbed(model, digits.attacked(config.attacked), config)).value,
    }


def audit(
    recorder: Recorder,
    name: str,
    model: nn.Module,
    examples: tuple[Tensor, Tensor],
    config: Config,
    *,
    progress: bool = False,
) -> None:
    """Write down AutoAttack beside our PGD on the same pictures, and what it says of the defence.

    Parameters
    ----------
    recorder, name
        Where to, and under which name.
    model, examples, config
        Whom, on which pictures and classes, and how hard.
    progress
        Show a bar; the attack takes about an hour for 10,000 pictures.
    """
    chunks = zip(*(torch.split(part, CHUNK) for part in examples), strict=True)
    jobs = [(model, images, target, config) for images, target in chunks]
    broken: list[Tensor] = []
    said: set[str] = set()
    title = f"AutoAttack on {name}"
    for success, warnings in spread(_attacked, jobs, config, title=title, progress=progress):
        broken.append(success)
        said |= set(warnings)
    theirs = withstood(torch.cat(broken))
    ours = withstood(_climbed(model, examples, config))
    recorder.estimate(f"{name}.autoattack", theirs)
    recorder.estimate(f"{name}.our-pgd", ours)
    recorder.metric(f"{name}.pgd-above-autoattack", ours.value - theirs.value, n=ours.n)
    recorder.table(f"{name}.said", [{"sentence": sentence} for sentence in sorted(said)])


def spread(
    work: Callable[..., Any],
    jobs: Sequence[tuple[Any, ...]],
    config: Config,
    *,
    title: str,
    progress: bool,
) -> Iterator[Any]:
    """What `work` gives for each job, in order, with a bar: here, or in `config.processes` others.

    Parameters
    ----------
    work, jobs
        A function of a module, and its arguments each time.
    config
        With one process everything stays in this one.
    title, progress
        Of the bar, and whether there is one.
    """
    bar = partial(tqdm, total=len(jobs), desc=title, disable=not progress)
    if config.processes == 1:
        yield from bar(starmap(work, jobs))
        return
    with ProcessPoolExecutor(
        config.processes, get_context("spawn"), initializer=torch.set_num_threads, initargs=(1,)
    ) as pool:
        yield from bar(pool.map(work, *zip(*jobs, strict=True)))


def _attacked(
    model: nn.Module, images: Tensor, target: Tensor, config: Config
) -> tuple[Tensor, tuple[str, ...]]:
    """Which pictures AutoAttack breaks, `(N,)`, and its warnings."""
    result = autoattack(model, images, target, threat=config.threat, parts=config.parts)
    return result.success, result.warnings


def _climbed(model: nn.Module, examples: tuple[Tensor, Tensor], config: Config) -> Tensor:
    """Which pictures our PGD breaks, on the margin, `(N,)`."""
    found = pgd(model, *examples, threat=config.threat, steps=config.steps, objective="margin")
    return found.success


# Two-sided. The lower ends of "full" are the published bar; sentences of the page hold by them.
ACCEPTANCE: dict[str, dict[str, tuple[float, float]]] = {
    "quick": {
        "plain.accuracy": (0.9, 0.98),
        "pgd.accuracy": (0.5, 0.98),
        "plain.robust": (0.0, 0.05),
        "pgd.minus-plain.robust": (0.2, 0.9),
        "plain.autoattack": (0.0, 0.05),
    },
    "full": {
        "train.pictures": (60_000, 60_000),
        "plain.accuracy": (0.985, 0.995),
        "pgd.accuracy.low": (0.985, 0.995),
        "plain.robust": (0.0, 0.02),
        "plain.autoattack": (0.0, 0.01),
        "pgd.autoattack.low": (0.885, 0.96),
        "pgd.pgd-above-autoattack": (0.0, 0.05),
    },
}
CARD = {
    "intended_use": "Comparing a training on digits with published numbers, by an attack that its "
    "author did not write.",
    "not_for": "Reading cheques, ballots or post codes, and as evidence about other changes of "
    "an input than those of its threat model.",
    "affected": "People who rely on a system that is called robust: the word holds for one ball "
    "around each picture, and an attacker need not stay in it.",
    "limits": "One data set of easy pictures; AutoAttack met the network of one seed, and a robust "
    "accuracy is an upper bound that the next attack may lower.",
}
