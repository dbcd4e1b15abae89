import numpy as np
import pytest

from lablib.applications.news import stream, study


@pytest.fixture(scope="module")
def everything():
    return stream.articles()


def test_means_of_two_articles_by_hand():
    found = stream.Articles(("a", "b", "c"), np.array([1.0, 3.0, -1.0]), np.array([0, 0, 1]))
    assert len(found) == 2
    assert found.means(found.ratings).tolist() == [2.0, -1.0]
    turned = found.take(np.array([1, 0]))
    assert turned.texts == ("c", "a", "b")
    assert turned.article.tolist() == [0, 1, 1]


def test_no_article_is_in_two_parts(everything):
    assert len(everything) == 498
    parts = stream.parted(everything, seed=0)
    assert [len(part) for part in parts] == [149, 199, 150]
    counted = sum(len(part.texts) for part in parts)
    assert counted == len(everything.texts)
    first = [set(part.texts[:5]) for part in parts]
    assert not first[0] & first[1]


def test_words_say_something_and_less_than_all(everything):
    learn, _, held = stream.parted(everything, seed=0)
    score = stream.WordScore(learn)(held.texts)
    assert 0.15 < np.corrcoef(score, held.ratings)[0, 1] < 0.6


def test_raters_find_more_than_words_and_a_lot_finds_nothing(everything):
    found = study.one_split(everything, seed=0, plan=study.Plan(streams=100))
    assert found["raters.found-100"] > found["words.found-100"] > found["lot.found-100"] + 0.1
    assert found["words.extra-alarms"] >= 0
    assert found["raters.wait-100"] < found["raters.wait-25"]


def test_a_wait_is_that_of_streams_that_alarm_and_absent_where_none_does(everything, monkeypatch):
    """Sentinel: with silent streams counted as 41 the mean could pass the 40 articles there are."""
    plan = study.Plan(length=50, at=10, shares=(1.0,), streams=40)
    places = np.array([3, 9, 10, 29, 50, 50])  # two too early, two after the change, two never
    monkeypatch.setattr(study.Monitor, "first_alarm", lambda rule, streams: places)
    found = study.one_split(everything, seed=0, plan=plan)
    assert found["words.found-100"] == pytest.approx(2 / 6)
    assert found["words.wait-100"] == pytest.approx((1 + 20) / 2)
    assert not any(".delay-" in name for name in found)
    monkeypatch.setattr(study.Monitor, "first_alarm", lambda rule, streams: np.full(6, 50))
    found = study.one_split(everything, seed=0, plan=plan)
    assert found["words.found-100"] == 0
    assert "words.wait-100" not in found
