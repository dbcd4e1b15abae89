import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from lablib.data import load
from lablib.robustness.text.defending import TRAININGS, readers, unrelated
from lablib.robustness.text.readers import Reader, taught
from lablib.robustness.text.substitutions import WORD, WordThreat


def test_scores_are_those_of_scikit_learn():
    data = load("movie-reviews").take(range(400))
    reader = taught(data.texts, data.target, penalty=2.0)
    words = CountVectorizer(token_pattern=WORD.pattern)
    model = LogisticRegression(C=0.5, solver="liblinear", random_state=0)
    model.fit(words.fit_transform(data.texts), data.target)
    new = ["An unseenword film, truly GOOD.", *load("movie-reviews").texts[400:450]]
    expected = model.decision_function(words.transform(new))
    assert np.allclose(reader(new), expected, atol=1e-12)
    assert reader.right(new[:1], [1]).tolist() == [bool(expected[0] > 0)]


def test_repeating_every_text_with_a_raised_penalty_changes_nothing():
    texts, target = ["good film", "bad film", "good cast", "bad plot"], [1, 0, 1, 0]
    once, thrice = taught(texts, target), taught(texts * 3, target * 3, penalty=6.0)
    assert once.weights.keys() == thrice.weights.keys()
    for word, weight in once.weights.items():
        assert abs(weight - thrice.weights[word]) < 1e-2


def test_every_training_gives_a_reader_of_its_own():
    data = load("movie-reviews").take(range(300))
    threat = WordThreat(words=2, synonyms=load("synonyms"))
    made = readers(data, threat=threat, copies=2, penalty=2.0, seed=0)
    assert tuple(made) == TRAININGS
    assert len({reader.bias for reader in made.values()}) == len(TRAININGS)
    again = readers(data, threat=threat, copies=2, penalty=2.0, seed=0)
    assert all(made[name].weights == again[name].weights for name in TRAININGS)
    allowed = {new for w in made["plain"].weights for new in threat.allowed(w)}
    seen = set(made["plain"].weights)
    assert set(made["drawn"].weights) <= seen | allowed
    assert not set(made["unrelated"].weights) <= seen | allowed


def test_the_mixed_up_thesaurus_holds_the_same_lists():
    synonyms = load("synonyms")
    mixed = unrelated(synonyms, seed=0)
    assert sorted(mixed.values()) == sorted(synonyms.values())
    assert np.mean([mixed[word] == synonyms[word] for word in synonyms]) < 0.05


def test_words_never_seen_add_nothing():
    assert Reader(0.5, {"fine": 1.0})(["unseen words"]).tolist() == [0.5]
