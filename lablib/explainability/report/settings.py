"""The settings of a report, and the checks that need no model."""

from __future__ import annotations

from dataclasses import dataclass

OUTPUTS = ("log-odds", "probability")


@dataclass(frozen=True)
class ReportSettings:
    """What a report can be told; everything has a default.

    - features: columns the model takes, in its order; by default what the model itself names, else
      all but the target and the group.
    - positive: value of the target that the model's score is for; by default the model's second
      class.
    - refused: value of the target that a person would want to leave; by default `positive`.
    - threshold: probability of the positive class from which on it is the answer, between 0 and 1.
    - group: column to compare groups of people by; it need not be a feature.
    - actionable: columns that a person could change; by default all but the group, which is
      usually too many.
    - output: of a torch model, `log-odds` or `probability`; None takes log-odds unless the
      numbers look like probabilities.
    - rows: held-out rows whose scores are explained.
    - recourse_rows: refused held-out rows that get recourse, at most.
    - leaves: of the surrogate tree.
    - samples, repeats, resamples: rows scored for one sampled attribution, permutations of a
      column, and bootstrap samples.
    - most_rows: held-out rows used, and a tenth of the reference rows; of more some are drawn at
      random, and the report says so.
    - seed: of everything that is drawn.
    - title: heading of the report.
    """

    features: tuple[str, ...] | None = None
    positive: object = None
    refused: object = None
    threshold: float = 0.5
    group: str | None = None
    actionable: tuple[str, ...] | None = None
    output: str | None = None
    rows: int = 40
    recourse_rows: int = 40
    leaves: int = 8
    samples: int = 400
    repeats: int = 5
    resamples: int = 400
    most_rows: int = 5000
    seed: int = 0
    title: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.threshold < 1:
            raise ValueError(
                f"threshold is {self.threshold}; it is a probability, between 0 and 1, "
                "from which on the answer is the positive class"
            )
        if self.output is not None and self.output not in OUTPUTS:
            raise ValueError(f"output is {self.output!r}; use one of {', '.join(OUTPUTS)}")
        least = {"rows": 10, "recourse_rows": 1, "leaves": 2, "samples": 20, "repeats": 2,
                 "resamples": 100, "most_rows": 200, "seed": 0}  # fmt: skip
        for name, low in least.items():
            if getattr(self, name) < low:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least {low}")
        for name in ("features", "actionable"):
            value = getattr(self, name)
            if isinstance(value, str):
                raise ValueError(f"{name} is the text {value!r}; give names in a tuple")
            if value is not None and not value:
                raise ValueError(f"{name} is empty; name at least one column, or leave it out")
