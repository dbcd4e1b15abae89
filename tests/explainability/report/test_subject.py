import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sklearn.linear_model import LinearRegression, LogisticRegression  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402
from torch import nn  # noqa: E402

from lablib.explainability.report.settings import ReportSettings  # noqa: E402
from lablib.explainability.report.subject import match, wrap  # noqa: E402

NUMBERS = ("late", "money")


def line(weight=(1.0, -0.001), out=1):
    layer = nn.Linear(2, out)
    with torch.no_grad():
        layer.weight[-1] = torch.tensor(weight)
        layer.bias.zero_()
        if out == 2:
            layer.weight[0] = 0.0
    return layer


def wrapped(model, table, **options):
    return wrap(model, table, None, target="bad", settings=ReportSettings(**options))


def test_an_estimator_says_what_it_says_itself(estimator, table, subject):
    own = estimator.predict_proba(table[list(estimator.feature_names_in_)])[:, 1]
    given = subject.probability(subject.coding.encode(table))
    assert np.allclose(own.clip(1e-4, 1 - 1e-4), given, atol=1e-12)
    assert (subject.positive, subject.negative) == ("yes", "no")


def test_the_other_answer_can_be_the_positive_one(estimator, table, subject):
    turned = wrapped(estimator, table, positive="no")
    codes = subject.coding.encode(table)
    assert np.allclose(turned.probability(codes), 1 - subject.probability(codes), atol=1e-12)


@pytest.mark.parametrize("out", [1, 2])
def test_a_network_is_a_logit_or_two_logits(table, out):
    found = wrapped(line(out=out), table, features=NUMBERS)
    odds = table["late"] - 0.001 * table["money"]
    codes = found.coding.encode(table)
    assert np.allclose(found.probability(codes), 1 / (1 + np.exp(-odds)), atol=1e-5)
    turned = wrapped(line(out=out), table, features=NUMBERS, positive="no")
    assert np.allclose(turned.probability(codes), 1 - found.probability(codes), atol=1e-6)
    rows = torch.from_numpy(codes).requires_grad_()
    (slope,) = torch.autograd.grad(found.function(rows).sum(), rows)
    assert slope[0].tolist() == pytest.approx([1, -0.001])


def test_outputs_that_look_like_probabilities_must_be_named(table):
    model = nn.Sequential(line(), nn.Sigmoid())
    with pytest.raises(ValueError, match="output='probability' or output='log-odds'"):
        wrapped(model, table, features=NUMBERS)
    found = wrapped(model, table, features=NUMBERS, output="probability")
    own = model(torch.tensor(table[list(NUMBERS)].to_numpy(), dtype=torch.float32))
    given = found.probability(found.coding.encode(table))
    assert np.allclose(given, own.detach().numpy()[:, 0].clip(1e-4, 1 - 1e-4), atol=1e-5)
    with pytest.raises(ValueError, match="outside 0 to 1"):
        wrapped(line(), table, features=NUMBERS, output="probability")


def test_a_network_in_training_is_explained_at_rest_and_left_as_it_is(table):
    model = nn.Sequential(nn.Dropout(0.5), line()).train()
    found = wrapped(model, table, features=NUMBERS)
    codes = found.coding.encode(table)
    assert (found.probability(codes) == found.probability(codes)).all()
    assert model.training


def test_a_function_of_a_table_will_do(table):
    found = wrapped(lambda rows: (rows["late"] / 4).to_numpy(), table, features=NUMBERS)
    assert found.probability(found.coding.encode(table))[0] == pytest.approx(
        max(1e-4, table["late"].iloc[0] / 4)
    )


def noisy(rows):
    return np.random.default_rng().random(len(rows))


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (LinearRegression(), {}, "without predict_proba"),
        (LinearSVC(), {}, "CalibratedClassifierCV"),
        (3, {"features": NUMBERS}, "model is a int"),
        (noisy, {"features": NUMBERS}, "other scores when asked again"),
        (lambda rows: rows[["late"]], {"features": NUMBERS}, r"gives shape \(200, 1\)"),
        (lambda rows: rows["height"], {"features": NUMBERS}, "does not run on the table"),
        (lambda rows: rows["late"] / 4, {"features": ("late", "bad")}, "hold the target 'bad'"),
        (lambda rows: rows["late"] / 4, {"positive": "maybe"}, "'maybe' is no value of the target"),
        (nn.Linear(4, 1), {}, "town, sex hold none; encode them"),
        (nn.Linear(7, 1), {"features": NUMBERS}, "does not run on .* numbers"),
        (nn.Linear(2, 3), {"features": NUMBERS}, r"gives shape \(200, 3\)"),
    ],
)
def test_what_cannot_be_explained_is_refused_with_a_reason(table, model, options, message):
    with pytest.raises(ValueError, match=message):
        wrapped(model, table, **options)


def test_tables_that_do_not_fit_are_refused(table):
    numbers = table[[*NUMBERS, "bad"]]
    fitted = LogisticRegression(max_iter=1000).fit(numbers[list(NUMBERS)].to_numpy(), table["bad"])
    with pytest.raises(ValueError, match="takes 2 features, the table offers 5"):
        wrapped(fitted, table)
    with pytest.raises(ValueError, match="the model's classes are"):
        wrapped(fitted, numbers.assign(bad=(numbers["bad"] == "yes").astype(int)))
    with pytest.raises(ValueError, match="has 4 values"):
        wrap(fitted, table, None, target="late", settings=ReportSettings())
    with pytest.raises(ValueError, match="target is 'worse'"):
        wrap(fitted, table, None, target="worse", settings=ReportSettings())
    gone = numbers.assign(bad=numbers["bad"].where(numbers.index > 1))
    with pytest.raises(ValueError, match="missing in 2 rows"):
        wrapped(fitted, gone)


def test_an_answer_is_found_by_its_text():
    assert match("1", [0, 1]) == 1
    assert match(True, [False, True]) is True
    with pytest.raises(ValueError, match="'2' is no value"):
        match("2", [0, 1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 1.0}, "threshold is 1.0"),
        ({"rows": 3}, "rows is 3; it must be at least 10"),
        ({"output": "logit"}, "output is 'logit'"),
        ({"features": "late"}, "give names in a tuple"),
        ({"actionable": ()}, "actionable is empty"),
    ],
)
def test_settings_are_checked_before_anything_runs(options, message):
    with pytest.raises(ValueError, match=message):
        ReportSettings(**options)


def test_boosted_trees_on_numbers_can_be_read_by_shap(table):
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(max_iter=5).fit(table[list(NUMBERS)], table["bad"])
    assert wrapped(trees, table).trees is trees
    assert wrapped(trees, table, positive="no").trees is None  # shap's log-odds are for "yes"
