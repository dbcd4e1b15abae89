"""A torch module, trained, scripted or exported, as a differentiable function to log-odds."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pandas as pd
import torch
from torch import Tensor, nn

from lablib.explainability.readable.surrogate import CLIP
from lablib.explainability.report.coding import Coding


def log_odds(
    model: nn.Module,
    coding: Coding,
    rows: pd.DataFrame,
    *,
    output: str | None,
    first_is_positive: bool,
) -> Callable[[Tensor], Tensor]:
    """A torch module as a differentiable function from coded rows (M, F) to log-odds (M,).

    Parameters
    ----------
    model : Module
        Numbers (M, F) to (M,), (M, 1), or two columns (M, 2), one for each answer.
    coding : Coding
        Of the columns it takes; all must be numbers.
    rows : DataFrame
        Rows to try it on.
    output : str, optional
        `log-odds` or `probability`; None takes log-odds if the numbers cannot be probabilities.
    first_is_positive : bool
        Whether the positive answer is the first value of the target; a module is taken to score
        the second one.

    Raises
    ------
    ValueError
        If it does not run on such rows, or gives something else.
    """
    words = [column.name for column in coding.columns if column.classes is not None]
    if words:
        raise ValueError(
            f"a torch model takes numbers, and {', '.join(words)} hold none; encode them in the "
            "table as the model was trained on them, or name the features without them"
        )
    quiet = _at_rest(model)
    dtype = next((p.dtype for p in quiet.parameters()), torch.float32)
    probabilities = _gives_probabilities(quiet, coding, rows, dtype, output)
    sign = -1.0 if first_is_positive else 1.0

    def function(inputs: Tensor) -> Tensor:
        found = quiet(inputs.to(dtype))
        if probabilities:
            last = found[:, 1] if found.ndim == 2 and found.shape[1] == 2 else found.reshape(-1)
            odds = torch.logit(last, eps=CLIP)
        elif found.ndim == 2 and found.shape[1] == 2:
            odds = found[:, 1] - found[:, 0]
        else:
            odds = found.reshape(-1)
        return sign * odds.double()

    return function


def _at_rest(model: nn.Module) -> nn.Module:
    """The module on the processor and without dropout; the caller's own is left as it is."""
    away = any(p.device.type != "cpu" for p in model.parameters())
    exported = isinstance(model, torch.fx.GraphModule)  # stays in the mode it was exported in
    if not away and (exported or not model.training):
        return model
    quiet = copy.deepcopy(model).to("cpu")
    return quiet if exported else quiet.eval()


def _gives_probabilities(
    network: nn.Module, coding: Coding, rows: pd.DataFrame, dtype: torch.dtype, output: str | None
) -> bool:
    inputs = torch.from_numpy(coding.encode(rows)).to(dtype)
    try:
        with torch.no_grad():
            found = network(inputs)
    except Exception as error:  # whatever a foreign model raises
        raise ValueError(_did_not_run(error, inputs)) from error
    if found.ndim > 2 or (found.ndim == 2 and found.shape[1] not in (1, 2)):
        raise ValueError(
            f"the model gives shape {tuple(found.shape)} for {len(inputs)} rows; it must give one "
            "score or two a row"
        )
    inside = bool(((found >= 0) & (found <= 1)).all())
    if output is None and inside:
        raise ValueError(
            "all outputs of the model lie between 0 and 1, as probabilities do; say which they "
            "are with output='probability' or output='log-odds'"
        )
    if output == "probability" and not inside:
        raise ValueError("output is 'probability', but the model gives numbers outside 0 to 1")
    return output == "probability"


def _did_not_run(error: Exception, rows: Tensor) -> str:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    fix = "give the columns it was trained on, in order, as features"
    if "Guard failed" in str(error) or "size" in first:
        fix += "; an exported model must take any number of rows (a dynamic first dimension)"
    return f"the model does not run on {tuple(rows.shape)} numbers of the table: {first}; {fix}"
