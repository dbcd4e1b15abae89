"""One call for many attribution methods, and with every answer its completeness error.

captum does the work for networks and any function of tensors, shap for trees; sampled Shapley
values are this package's own. An attribution is a claim about the *model*, relative to a baseline.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from lablib.explainability.attribution import _shap, shapley

Floats = NDArray[np.float64]
Function = Callable[[Tensor], Tensor]
GRADIENT = ("gradient", "gradient-x-input", "integrated-gradients")
BLACK_BOX = ("occlusion", "lime", "kernel-shap", "sampled-shapley", "random")
METHODS = (*GRADIENT, *BLACK_BOX, "tree-shap")


@dataclass(frozen=True)
class Attribution:
    """Attributions and what they should add up to.

    `values` has shape (N, ...) like the inputs, or (N, G) for G groups; `scores` (N,) is f(x) and
    `baseline_scores` (N,) the mean of f over the baselines.
    """

    method: str
    values: Floats
    scores: Floats
    baseline_scores: Floats

    @property
    def completeness_error(self) -> Floats:
        """f(x) - f(baseline) - sum of the attributions, a row (N,); 0 is complete."""
        total = self.values.reshape(len(self.values), -1).sum(1)
        return np.asarray(self.scores - self.baseline_scores - total)

    @property
    def relative_error(self) -> float:
        """Sum of absolute completeness errors over that of the changes f(x) - f(baseline)."""
        change = float(np.abs(self.scores - self.baseline_scores).sum())
        return float(np.abs(self.completeness_error).sum() / change) if change else 0.0


def attribute(
    model: Any,
    inputs: ArrayLike | Tensor,
    *,
    baselines: ArrayLike | Tensor,
    target: int | None = None,
    method: str = "integrated-gradients",
    groups: ArrayLike | Tensor | None = None,
    samples: int = 200,
    steps: int = 256,
    seed: int = 0,
) -> Attribution:
    """Explain the score of each row of `inputs` against the baselines.

    Parameters
    ----------
    model : callable or estimator
        A torch module or function from tensors (M, ...) to scores (M,), (M, 1) or (M, K); or a
        scikit-learn classifier of two classes, whose log-odds are explained (not by gradients).
    inputs : array or Tensor, shape (N, ...)
        Rows to explain.
    baselines : array or Tensor, shape (B, ...)
        What "absent" means. With several, each method averages over them.
    target : int, optional
        Column of the scores, needed if the model gives more than one.
    method : str
        One of `METHODS`. Gradient methods and `tree-shap` see inside the model. shap compares
        with thresholds in single precision, so a row that lies on a threshold may take the other
        branch; its completeness error then shows it. `gradient` is a
        rate, score per unit of input, and promises no sum. `random` sees nothing and is the
        control of every test.
    groups : integer array, shape (...) of one row, optional
        Inputs with the same number, from 0 to G - 1, are one feature: the letters of a word, a
        patch of an image. Gradient attributions are summed inside a group.
    samples : int
        Rows scored by `lime` and `kernel-shap`; pairs of orders of `sampled-shapley` are
        `samples // (2 * (G + 1))`, at least two.
    steps : int
        Points of the integral of `integrated-gradients`.
    seed : int
        Of the methods that draw.

    Raises
    ------
    ValueError
        If the method is unknown, cannot explain such a model, or shapes do not fit.

    >>> line = lambda z: z @ torch.tensor([2.0, -1.0])
    >>> found = attribute(line, [[1.0, 3.0]], baselines=[[0.0, 0.0]], method="gradient-x-input")
    >>> found.values.tolist(), found.completeness_error.tolist()
    ([[2.0, -3.0]], [0.0])
    """
    if method not in METHODS:
        raise ValueError(f"method {method!r} is unknown; use one of {', '.join(METHODS)}")
    rows, base = _tensor(inputs), _tensor(baselines)
    if rows.shape[1:] != base.shape[1:] or not len(base):
        raise ValueError(
            f"inputs {tuple(rows.shape)} and baselines {tuple(base.shape)} must agree behind "
            "their first axis, and there must be a baseline"
        )
    function = score_function(model, target)
    grouped = None if groups is None else _tensor(groups).long()
    with torch.no_grad():
        scores = function(rows).double().numpy()
        before = np.full(len(rows), float(function(base).double().mean()))
    if method == "tree-shap":
        values = _tree_shap(model, rows, base)
    elif method in GRADIENT:
        if not _is_torch(model):
            raise ValueError(f"method {method!r} needs a gradient; use occlusion or tree-shap")
        values = _gradient(function, rows, base, method, steps, grouped)
    else:
        values = _black_box(function, rows, base, method, samples, seed, grouped)
    return Attribution(method, values, scores, before)


def score_function(model: Any, target: int | None = None) -> Function:
    """`model` as a function from tensors (M, ...) to one score a row (M,).

    Raises
    ------
    ValueError
        When called, if the model gives several scores and there is no `target`.
    """

    def score(rows: Tensor) -> Tensor:
        found: Tensor
        if _is_torch(model):
            found = model(rows)
        else:
            found = torch.from_numpy(np.asarray(model.decision_function(rows.numpy())))
        if found.ndim == 1:
            return found
        if target is None and found.shape[1] > 1:
            raise ValueError(f"the model gives {found.shape[1]} scores a row; pass target=")
        return found[:, target or 0]

    return score


def _is_torch(model: Any) -> bool:
    return isinstance(model, torch.nn.Module) or not hasattr(model, "decision_function")


def _tensor(values: ArrayLike | Tensor) -> Tensor:
    return torch.as_tensor(values).detach()


def _gradient(
    function: Function, rows: Tensor, base: Tensor, method: str, steps: int, groups: Tensor | None
) -> Floats:
    """Gradient methods of captum against each baseline; sums inside groups."""
    from captum.attr import InputXGradient, IntegratedGradients, Saliency

    total = torch.zeros_like(rows)
    for baseline in base[:, None]:
        if method == "integrated-gradients":
            found = IntegratedGradients(function).attribute(
                rows, baseline, n_steps=steps, method="riemann_middle"
            )
        elif method == "gradient":  # the same everywhere on the way: needs no baseline
            found = Saliency(function).attribute(rows.clone().requires_grad_(), abs=False)
        else:  # captum multiplies by its input, so the input is made the distance to the baseline
            moved = InputXGradient(lambda away, start=baseline: function(start + away))
            found = moved.attribute((rows - baseline).requires_grad_())
        total += found.detach()
    values = (total / len(base)).double()
    if groups is None:
        return np.asarray(values.numpy())
    summed = torch.zeros(len(rows), int(groups.max()) + 1, dtype=torch.float64)
    return np.asarray(summed.index_add_(1, groups.flatten(), values.flatten(1)).numpy())


def _black_box(
    function: Function, rows: Tensor, base: Tensor, method: str, samples: int, seed: int,
    groups: Tensor | None,
) -> Floats:  # fmt: skip
    """Methods that only ask for scores: each row is a game of present and absent groups."""
    own = torch.arange(rows[0].numel()).reshape(rows.shape[1:]) if groups is None else groups
    count = int(own.max()) + 1
    if method == "random":
        values = np.random.default_rng(seed).normal(size=(len(rows), count))
    else:
        explain = {"occlusion": _occlusion, "lime": _lime, "kernel-shap": _kernel_shap,
                   "sampled-shapley": _sampled_shapley}[method]  # fmt: skip
        values = np.array(
            [explain(game(function, row, base, own), count, samples, seed) for row in rows]
        )
    return values if groups is not None else values.reshape(rows.shape)


def game(function: Function, row: Tensor, baselines: Tensor, groups: Tensor) -> shapley.Function:
    """The score of one row as a function of which groups are present, averaged over baselines.

    Takes 0/1 rows (M, G), absent and present, and returns (M,).

    Parameters
    ----------
    function : callable
        Inputs (M, ...) to scores (M,).
    row, baselines : Tensor, shape (...) and (B, ...)
        What present and absent groups hold.
    groups : Tensor of int, shape (...)
        Group of each input, 0 to G - 1.
    """

    def score(present: NDArray[np.floating]) -> Floats:
        chosen = torch.as_tensor(present)[:, groups].bool()  # (M, ...)
        mixed = torch.where(chosen[:, None], row, baselines)  # (M, B, ...)
        with torch.no_grad():
            found = function(mixed.flatten(0, 1)).double()
        return np.asarray(found.reshape(len(present), -1).mean(1).numpy())

    return score


def _occlusion(play: shapley.Function, count: int, samples: int, seed: int) -> Floats:
    from captum.attr import FeatureAblation

    del samples, seed  # one row a feature, nothing is drawn
    found = FeatureAblation(_on_tensors(play)).attribute(
        torch.ones(1, count, dtype=torch.float64), perturbations_per_eval=count
    )
    return np.asarray(found[0].numpy())


def _lime(play: shapley.Function, count: int, samples: int, seed: int) -> Floats:
    from captum._utils.models.linear_model import SkLearnRidge
    from captum.attr import Lime

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        found = Lime(_on_tensors(play), interpretable_model=SkLearnRidge(alpha=1.0)).attribute(
            torch.ones(1, count, dtype=torch.float64), n_samples=samples,
            perturbations_per_eval=samples,
        )  # fmt: skip
    return np.asarray(found[0].double().numpy())


def _kernel_shap(play: shapley.Function, count: int, samples: int, seed: int) -> Floats:
    from captum.attr import KernelShap

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        found = KernelShap(_on_tensors(play)).attribute(
            torch.ones(1, count, dtype=torch.float64), n_samples=samples,
            perturbations_per_eval=samples,
        )  # fmt: skip
    return np.asarray(found[0].double().numpy())


def _sampled_shapley(play: shapley.Function, count: int, samples: int, seed: int) -> Floats:
    pairs = max(2, samples // (2 * (count + 1)))
    none = np.zeros((1, count))
    return shapley.sampled(play, np.ones(count), none, pairs=pairs, seed=seed).values


def _on_tensors(play: shapley.Function) -> Function:
    return lambda present: torch.from_numpy(np.asarray(play(present.numpy()), dtype=np.float64))


def _tree_shap(model: Any, rows: Tensor, base: Tensor) -> Floats:
    if _is_torch(model):
        raise ValueError("method 'tree-shap' needs a fitted tree model, not a torch function")

    explainer = _shap.load().TreeExplainer(
        model, data=base.numpy(), feature_perturbation="interventional", model_output="raw"
    )
    # shap's own check would raise; the completeness error of the result says the same, and how much
    return np.asarray(explainer.shap_values(rows.numpy(), check_additivity=False), dtype=np.float64)
