import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from lablib.applications.credit import accounts, changes, models
from lablib.privacy.accounting import account

RECIPE = models.Recipe(epochs=4, private_steps=40)


@pytest.fixture(scope="module")
def parts():
    return accounts.parts(accounts.table(), seed=1, rows=6_000)


def test_trees_are_those_of_scikit_learn(parts):
    recipe = models.Recipe(trees=15)
    found = models.boosted(parts.train, recipe=recipe).score(parts.test.x)
    same = HistGradientBoostingClassifier(
        max_iter=15, learning_rate=0.05, max_leaf_nodes=12, min_samples_leaf=40,
        l2_regularization=5.0, early_stopping=False, random_state=0,
    ).fit(parts.train.plain, parts.train.y)  # fmt: skip
    assert np.array_equal(found, same.predict_proba(parts.test.plain)[:, 1])


def test_hardened_networks_are_turned_less_often(parts):
    turned = []
    for hardened in (False, True):
        recipe = models.Recipe(epochs=4, share=0.5)
        model = models.network(parts.train, seed=0, recipe=recipe, hardened=hardened)
        found = changes.turned_by_gradient(model.network, parts.test.x, -1.0, share=0.5)
        turned.append(found.mean())
    assert turned[1] < 0.7 * turned[0]


def test_the_guarantee_names_what_was_run(parts):
    found = models.private_network(parts.train, seed=0, recipe=RECIPE).guarantee
    same = account(noise_multiplier=1.0, sampling_rate=256 / len(parts.train), steps=40, delta=1e-5)
    assert found == same


def test_the_same_seed_gives_the_same_network(parts):
    one, two, other = (
        models.network(parts.train, seed=seed, recipe=RECIPE).score(parts.test.x[:50])
        for seed in (0, 0, 1)
    )
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
