import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.applications.credit import accounts, changes
from lablib.models.mlp import MLP

SHARE = 0.1
EPS = np.log(1.1)


def rows(count=30, seed=0):
    return np.random.default_rng(seed).normal(size=(count, 43))


def line(weights):
    return lambda x: x @ weights


def test_a_linear_score_is_moved_as_far_as_can_be():
    weights = np.random.default_rng(1).normal(size=43)
    x, towards = rows(), np.where(np.arange(30) % 2, 1, -1)
    moved = changes.searched(line(weights), x, towards, share=SHARE)
    gain = towards * (line(weights)(moved) - line(weights)(x))
    assert gain == pytest.approx(EPS * np.abs(weights[:12]).sum())  # the exact maximum


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.5))
def test_nothing_but_amounts_moves_and_never_too_far(seed, share):
    x = rows(8, seed)
    weights = np.random.default_rng(seed).normal(size=43)
    score = lambda z: np.tanh(z @ weights)  # noqa: E731
    towards = np.ones(8, dtype=int)
    for moved in (
        changes.searched(score, x, towards, share=share),
        changes.drawn(score, x, towards, share=share, seed=seed),
    ):
        assert np.array_equal(moved[:, 12:], x[:, 12:])
        assert np.abs(moved - x).max() <= np.log1p(share) + 1e-12
        assert np.all(score(moved) >= score(x) - 1e-12)


def test_nothing_allowed_turns_nothing():
    found = changes.turned(line(np.ones(43)), rows(), 0.0, share=0.0, seed=0)
    assert not found.searched.any()
    assert not found.drawn.any()


def test_gradients_and_search_agree_on_a_line():
    torch.manual_seed(0)
    network = MLP(43, hidden=(), seed=0)
    x = rows(300).astype(np.float32).astype(np.float64)

    def score(z):
        with torch.no_grad():
            return network(torch.from_numpy(z.astype(np.float32)))[:, 0].double().numpy()

    by_search = changes.turned(score, x, 0.1, share=SHARE, seed=0).searched
    by_gradient = changes.turned_by_gradient(network, x, 0.1, share=SHARE)
    assert np.array_equal(by_search, by_gradient)
    assert 0.02 < by_search.mean() < 0.5


def test_a_search_stops_on_steps_and_the_network_behind_shows_the_way():
    """Sentinel: by its own search a rounded score looks firmer than it is."""
    network = MLP(43, hidden=(), seed=0)
    x = rows(300).astype(np.float32).astype(np.float64)

    def logit(z):
        with torch.no_grad():
            return network(torch.from_numpy(z.astype(np.float32)))[:, 0].double().numpy()

    def coarse(z):
        return np.round(4 * logit(z)) / 4  # no single entry moves it by a step

    options = {"share": SHARE}
    own = changes.turned(coarse, x, 0.1, seed=0, **options)
    shown = changes.turned_by_transfer(coarse, x, 0.1, behind=network, cut=0.1, **options)
    assert shown.mean() > own.searched.mean() + 0.05
    # On the network itself there is nothing to add: a line is moved as far as can be by either.
    plain = changes.turned_by_transfer(logit, x, 0.1, behind=network, cut=0.1, **options)
    assert np.array_equal(plain, changes.turned_by_gradient(network, x, 0.1, **options))
    none = changes.turned_by_transfer(coarse, x, 0.1, behind=network, cut=0.1, share=0.0)
    assert not none.any()


def test_pgd_leaves_fixed_columns_alone_and_without_the_guard_does_not():
    """Sentinel: an attack on the bare network moves late months and limit too."""
    from lablib.robustness.attacks import pgd

    network = MLP(43, hidden=(8,), seed=0)
    x, y = torch.from_numpy(rows().astype(np.float32)), torch.zeros(30, dtype=torch.long)
    guarded = changes.AmountsOnly(network)
    options = {"threat": changes.threat(SHARE), "steps": 3, "random_start": False}
    moved = pgd(guarded, x, y, **options).moved
    assert torch.equal(moved[:, 12:], x[:, 12:])
    assert not torch.equal(moved[:, :12], x[:, :12])

    class Bare(torch.nn.Module):
        def forward(self, z):
            return torch.cat([torch.zeros(len(z), 1), network(z)], dim=1)

    assert not torch.equal(pgd(Bare(), x, y, **options).moved[:, 12:], x[:, 12:])


def test_a_tenth_of_an_amount():
    moved = accounts.stretched(accounts.squeezed(20_000.0) + changes.threat(SHARE).eps)
    assert moved == pytest.approx(1.1 * 21_000 - 1_000)
    with pytest.raises(ValueError, match="share is -1"):
        changes.threat(-1)
