# rejected_by: effects_run_through_others
# says: effect of an effect
# Stops after two steps.
import numpy as np


def effects_of(acts, cause):
    """Numbers of all variables that `cause` acts on, directly or through others."""
    reached = acts[cause] > 0
    for _ in range(1):
        reached = reached | (acts[reached] > 0).any(axis=0)
    return np.flatnonzero(reached)


def effect(table, acts, recorded, cause, outcome):
    """Total effect of `cause` on `outcome`, adjusted for the direct causes of `cause`."""
    if outcome not in effects_of(acts, cause):
        return 0.0
    causes = np.flatnonzero(acts[:, cause])
    if not np.all(recorded[[cause, outcome, *causes]]):
        raise ValueError("cause, outcome and all direct causes of the cause must be recorded")
    design = np.column_stack([np.ones(len(table)), table[:, [cause, *causes]]])
    line, *_ = np.linalg.lstsq(design, table[:, outcome])
    return float(line[1])
