# Lists every group; Student's quantile from scipy.stats.
import itertools
import statistics

from scipy import stats


def summary(validation, test, level):
    if len(validation) != len(test):
        raise ValueError("not the same seeds")
    if len(test) < 2:
        raise ValueError("one run says nothing about another")
    mean = statistics.mean(map(float, test))
    error = stats.sem(test)
    t = stats.t.ppf(1 - (1 - level) / 2, df=len(test) - 1)
    ship = max(range(len(test)), key=lambda seed: validation[seed])
    return [mean, mean - t * error, mean + t * error, test[ship]]


def luck(test, k):
    if k < 1 or k > len(test):
        raise ValueError("not that many")
    best = [max(group) for group in itertools.combinations(list(test), k)]
    return sum(best) / len(best) - sum(test) / len(test)
