# A search with a list of what is still to be visited; columns centred in place of a constant.
import numpy as np


def effects_of(acts, cause):
    found, waiting = set(), [cause]
    while waiting:
        here = waiting.pop()
        for v in np.flatnonzero(acts[here]):
            if int(v) not in found:
                found.add(int(v))
                waiting.append(int(v))
    return np.array(sorted(found))


def effect(table, acts, recorded, cause, outcome):
    if outcome not in set(effects_of(acts, cause).tolist()):
        return 0.0
    needed = [cause, *np.flatnonzero(acts[:, cause]).tolist()]
    if not (recorded[needed].all() and recorded[outcome]):
        raise ValueError("not recorded")
    x = table[:, needed] - table[:, needed].mean(0)
    y = table[:, outcome] - table[:, outcome].mean()
    return float(np.linalg.solve(x.T @ x, x.T @ y)[0])
