import pytest

from lablib.applications.credit import accounts, measures, models, reasons


@pytest.fixture(scope="module")
def case():
    parts = accounts.parts(accounts.table(), seed=0, rows=5_000)
    fitted = models.boosted(parts.train, recipe=models.Recipe(trees=30))
    return parts, measures.decider(fitted, parts.validation, ratio=3)


def test_reasons_by_hand():
    found = reasons.reasons([0.1, 0.5, -2.0, 0.0], columns="abcd", words=["A", "B", "C", "D"])
    assert [(r.column, r.amount) for r in found] == [("b", 0.5), ("a", 0.1)]
    assert reasons.reasons([-1.0, -2.0], columns="ab", words="AB") == ()


@pytest.mark.parametrize("name", sorted(reasons.PROTECTED))
def test_a_protected_column_is_an_error_even_if_it_said_little(name):
    with pytest.raises(ValueError, match=name):
        reasons.reasons([0.9, 0.0], columns=["pay_0", name], words=["late", name])


def test_contributions_add_up_to_the_score(case):
    parts, rule = case
    base = reasons.background(rule, parts.train, seed=0)
    rows = parts.test.plain[:5]
    model = rule.fitted.estimator
    found = reasons.contributions(rule, rows, base).sum(1)
    assert found == pytest.approx(
        model.decision_function(rows) - model.decision_function(base).mean()
    )


def test_strong_reasons_turn_more_than_random_ones(case):
    parts, rule = case
    found = reasons.tested(rule, parts.train, parts.test, rows=60, seed=0)
    assert found["turned"] > found["turned-random"] + 0.2


def test_the_background_is_of_accepted_accounts(case):
    parts, rule = case
    assert reasons.background(rule, parts.train, seed=1).shape == (40, 19)
    plain = models.logistic(parts.train)
    other = measures.decider(plain, parts.validation, ratio=3)
    with pytest.raises(ValueError, match="no tree model"):
        reasons.contributions(other, parts.test.plain[:1], parts.test.plain[:2])
