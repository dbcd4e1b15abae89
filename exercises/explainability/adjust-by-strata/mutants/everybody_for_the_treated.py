# rejected_by: the_treated_have_weights_of_their_own
# says: share of the treated
# Answers the question for everybody.
import numpy as np


def average_effect(outcome, treatment, stratum):
    """Differences within strata, weighted by the share of all people."""
    total = 0.0
    for value in np.unique(stratum):
        treated = outcome[(stratum == value) & (treatment == 1)]
        others = outcome[(stratum == value) & (treatment == 0)]
        if min(len(treated), len(others)) == 0:
            raise ValueError(f"stratum {value} holds nobody to compare with")
        total += np.mean(stratum == value) * (treated.mean() - others.mean())
    return float(total)


def effect_on_the_treated(outcome, treatment, stratum):
    """Differences within strata, weighted by the share of the treated."""
    total = 0.0
    for value in np.unique(stratum[treatment == 1]):
        treated = outcome[(stratum == value) & (treatment == 1)]
        others = outcome[(stratum == value) & (treatment == 0)]
        if len(others) == 0:
            raise ValueError(f"stratum {value} holds nobody to compare the treated with")
        total += np.mean(stratum == value) * (treated.mean() - others.mean())
    return float(total)


def standard_error(outcome, treatment, stratum):
    """Standard error of the average effect, with the shares of the strata taken as given."""
    variance = 0.0
    for value in np.unique(stratum):
        share = np.mean(stratum == value)
        for group in (0, 1):
            rows = outcome[(stratum == value) & (treatment == group)]
            if len(rows) < 2:
                raise ValueError(f"stratum {value} holds too few people for a variance")
            variance += share**2 * rows.var(ddof=1) / len(rows)
    return float(np.sqrt(variance))
