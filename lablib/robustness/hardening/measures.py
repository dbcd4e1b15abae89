"""What the experiment on adversarial training writes down, one function a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from torch import Tensor, nn

from lablib.evaluation import across_seeds
from lablib.record import Recorder
from lablib.robustness.attacks import OBJECTIVES, pgd, withstood
from lablib.robustness.decoys import Quantised, Saturated
from lablib.robustness.hardening.alarms import SILENT, diagnose, overfitted_epoch
from lablib.robustness.hardening.digits import DigitSplit
from lablib.robustness.masking import masking_checks
from lablib.robustness.official import Part, autoattack
from lablib.robustness.smoothing import certify
from lablib.robustness.threat import ThreatModel
from lablib.training import FitResult, predict

CERTIFIED_RADII = (0.0, 0.25, 0.5)
TRUE_MODELS = ("fast", "pgd", "trades")
PAIRS = (
    ("pgd", "plain"),
    ("parameter", "plain"),
    ("pgd", "parameter"),
    ("trades", "pgd"),
    ("fast", "pgd"),
)


class _Settings(Protocol):
    """What the measures need of a configuration."""

    @property
    def threat(self) -> ThreatModel: ...
    @property
    def steps(self) -> int: ...
    @property
    def restarts(self) -> int: ...
    @property
    def attacked(self) -> int | None: ...
    @property
    def official(self) -> int | None: ...
    @property
    def parts(self) -> tuple[Part, ...]: ...
    @property
    def checked(self) -> int: ...
    @property
    def sigma(self) -> float: ...
    @property
    def draws(self) -> int: ...
    @property
    def certified(self) -> int: ...


def withstanding(
    model: nn.Module, digits: DigitSplit, settings: _Settings, *, radii: Sequence[float] = ()
) -> dict[str, float]:
    """Accuracy, robust accuracy under FGSM and PGD, at other `radii` too, and the alarm.

    Parameters
    ----------
    model, digits, settings, radii
        Whom, on what and how hard, and further radii in the units of the pictures.
    """
    images, target = digits.attacked(settings.attacked)
    threat, steps, restarts = settings.threat, settings.steps, settings.restarts
    right = predict(model, digits.test[0]).argmax(1) == digits.test[1]
    found = diagnose(model, images, target, threat=threat, steps=steps, restarts=restarts)
    scores = {
        "accuracy": float(right.float().mean()),
        "fgsm": found.one_step,
        "robust": found.many_steps,
        "alarm": float(found.verdict != SILENT),
    }
    for eps in radii:
        other = replace(threat, eps=eps)
        attack = pgd(model, images, target, threat=other, steps=steps, restarts=restarts)
        scores[f"robust-{eps:g}"] = attack.robust_accuracy.value
    return scores


def collect(scores: dict[str, list[float]], name: str, found: Mapping[str, float]) -> None:
    """Append what was found for one model and seed.

    Parameters
    ----------
    scores, name, found
        Changed in place; the model, and a value for each quantity.
    """
    for quantity, value in found.items():
        scores.setdefault(f"{name}.{quantity}", []).append(value)


def over_seeds(recorder: Recorder, scores: Mapping[str, Sequence[float]]) -> None:
    """Means and Student intervals over seeds, and paired differences between trainings.

    Parameters
    ----------
    recorder, scores
        Where to, and the values over seeds of each `<model>.<quantity>`.
    """
    for name, values in scores.items():
        if not name.endswith(".alarm"):
            recorder.estimate(name, across_seeds(values))
    for one, other in PAIRS:
        for name, values in scores.items():
            model, quantity = name.split(".", 1)
            if model == one and quantity != "alarm" and f"{other}.{quantity}" in scores:
                pairs = zip(values, scores[f"{other}.{quantity}"], strict=True)
                difference = across_seeds([a - b for a, b in pairs])
                recorder.estimate(f"{one}.minus-{other}.{quantity}", difference)
    alarms = [value for name in TRUE_MODELS for value in scores[f"{name}.alarm"]]
    recorder.metric("healthy.alarms", sum(alarms), n=len(alarms))


def official(
    recorder: Recorder, models: Mapping[str, nn.Module], digits: DigitSplit, settings: _Settings
) -> None:
    """AutoAttack beside our PGD, on the same pictures of the first seed.

    Ours climbs the cross-entropy and the margin, with restarts, and counts what either breaks.

    Parameters
    ----------
    recorder, models, digits, settings
        Where to, whom, on what and how hard.
    """
    images, target = digits.attacked(settings.official)
    threat, restarts = settings.threat, max(2, settings.restarts)
    said: set[str] = set()
    for name, model in models.items():
        theirs = autoattack(model, images, target, threat=threat, parts=settings.parts)
        broken = [
            pgd(
                model, images, target, threat=threat, steps=50, restarts=restarts,
                objective=objective,
            ).success
            for objective in OBJECTIVES
        ]  # fmt: skip
        ours = withstood(broken[0] | broken[1])
        recorder.estimate(f"{name}.autoattack", theirs.robust_accuracy)
        recorder.estimate(f"{name}.our-pgd", ours)
        gap = ours.value - theirs.robust_accuracy.value
        recorder.metric(f"{name}.pgd-above-autoattack", gap, n=len(target))
        said |= set(theirs.warnings)
    recorder.table("autoattack-said", [{"sentence": sentence} for sentence in sorted(said)])


def same_weights(recorder: Recorder, one: nn.Module, other: nn.Module) -> None:
    """Largest difference between the weights of the zero generator and of plain training.

    Parameters
    ----------
    recorder, one, other
        Where to, and two networks of the same shape.
    """
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    change = max(float((a.detach().cpu() - b.detach().cpu()).abs().max()) for a, b in pairs)
    recorder.metric("zeros.change", change)


def failure(
    recorder: Recorder,
    name: str,
    result: FitResult,
    examples: tuple[Tensor, Tensor],
    *,
    threat: ThreatModel,
) -> None:
    """What the alarms say of a training that went wrong, and the history that shows it.

    Parameters
    ----------
    recorder, name, result, examples, threat
        Where to and under which name; the training, pictures it has not seen, and its threat.
    """
    found = diagnose(result.model, *examples, threat=threat)
    recorder.metric(f"{name}.accuracy", found.accuracy, n=len(examples[1]))
    recorder.metric(f"{name}.fgsm", found.one_step)
    recorder.metric(f"{name}.pgd", found.many_steps)
    recorder.metric(f"{name}.apart", found.apart, interval=found.apart_interval)
    recorder.metric(f"{name}.largest-share", found.largest_share)
    recorder.metric(f"{name}.eps", threat.eps)
    recorder.metric(f"{name}.epoch", overfitted_epoch(result.history) or 0)
    recorder.table(
        name,
        [{"verdict": found.verdict}]
        + [
            {"epoch": one.epoch, "training": one.train_loss, "watched": one.validation_loss}
            for one in result.history
        ],
    )


def masking(
    recorder: Recorder, models: Mapping[str, nn.Module], digits: DigitSplit, settings: _Settings
) -> None:
    """The masking checks on a plain and a trained model, and on two decoys around the plain one.

    Parameters
    ----------
    recorder, models, digits, settings
        As for `official`.
    """
    images, target = digits.attacked(settings.checked)
    suspects = {
        "plain": models["plain"],
        "pgd": models["pgd"],
        "quantised": Quantised(models["plain"]),
        "saturated": Saturated(models["plain"]),
    }
    rows: list[dict[str, Any]] = []
    for name, model in suspects.items():
        report = masking_checks(
            model, images, target, threat=settings.threat, surrogate=models["fast"]
        )
        recorder.metric(f"masking.{name}.failed", len(report.failed), n=len(report.checks))
        recorder.metric(f"masking.{name}.white-box", report.robust_accuracy, n=report.n)
        rows += [
            {"model": name, "check": check.name, "share": check.measured, "limit": check.limit}
            for check in report.checks
        ]
    recorder.table("masking", rows)


def certificates(
    recorder: Recorder, models: Mapping[str, nn.Module], digits: DigitSplit, settings: _Settings
) -> None:
    """Certified accuracy at several Euclidean radii, trained with noise and plainly.

    Beside it, the share of the same pictures that withstand a Euclidean PGD on the network alone,
    without smoothing, at the largest of the radii.

    Parameters
    ----------
    recorder, models, digits, settings
        As for `official`.
    """
    images, target = digits.attacked(settings.certified)
    for name in ("smoothed", "plain"):
        found = certify(models[name], images, sigma=settings.sigma, draws=settings.draws)
        for radius in CERTIFIED_RADII:
            recorder.estimate(
                f"certified.{name}.{radius:g}", found.accuracy(target.numpy(), radius=radius)
            )
    threat = replace(settings.threat, norm="l2", eps=CERTIFIED_RADII[-1])
    attack = pgd(models["smoothed"], images, target, threat=threat, steps=settings.steps)
    recorder.estimate("certified.smoothed.attacked", attack.robust_accuracy)
    recorder.metric("certified.draws", settings.draws)
