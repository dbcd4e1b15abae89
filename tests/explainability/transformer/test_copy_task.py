import numpy as np
import pytest
import torch

from lablib.explainability.transformer import copy_task
from lablib.explainability.transformer.patching import restored_by_state
from lablib.explainability.transformer.states import states_and_logits


@pytest.fixture(scope="module")
def trained():
    task = copy_task.CopyTask(symbols=6, length=4)
    model = copy_task.train_copier(task, layers=2, heads=2, width=16, steps=150, seed=0)
    return task, model


def test_sequences_and_pairs_by_hand():
    task = copy_task.CopyTask(symbols=9, length=3)
    assert task.of(torch.tensor([[4, 5, 6]])).tolist() == [[4, 5, 6, 9, 4, 5]]
    pairs = task.pairs(50, position=1, seed=0)
    assert pairs.clean.shape == (50, 5)
    differ = pairs.clean != pairs.corrupted
    assert differ.sum(1).tolist() == [1] * 50
    assert differ[:, 1].all()
    assert (pairs.clean_answer == pairs.clean[:, 1]).all()
    assert (pairs.corrupted_answer == pairs.corrupted[:, 1]).all()


def test_a_trained_copier_copies_and_an_untrained_one_does_not(trained):
    task, model = trained
    rows = task.sequences(200, seed=9)
    assert task.accuracy(states_and_logits(model, rows)[1], rows) > 0.95
    fresh = copy_task.train_copier(task, layers=2, heads=2, width=16, steps=1, seed=0)
    assert task.accuracy(states_and_logits(fresh, rows)[1], rows) < 0.5


def test_the_information_moves_from_its_place_to_the_end(trained):
    task, model = trained
    pairs = task.pairs(40, position=1, seed=3)
    found = restored_by_state(model, pairs, layers=[0, 2], positions=[1, -1]).mean(-1)
    assert found[0].tolist() == pytest.approx([1, 0], abs=1e-3)
    assert found[1].tolist() == pytest.approx([0, 1], abs=1e-3)


def test_patching_finds_the_head_that_ablation_names(trained):
    task, model = trained
    lost = copy_task.ablation(model, task, task.sequences(200, seed=9))
    assert lost.shape == (2, 2)
    pairs = task.pairs(40, position=2, seed=5)
    by_head = copy_task.restored_by_head(model, pairs, source=pairs.clean)
    strange = copy_task.restored_by_head(
        model, pairs, source=task.sequences(40, seed=77)[:, : pairs.clean.shape[1]]
    )
    top = int(by_head.argmax())
    assert lost.flat[top] >= lost.max() - 0.1
    assert by_head.max() > strange.flat[top] + 0.2
    looks = copy_task.attention_to(model, pairs.clean, query=6, key=2)
    assert looks.shape == (2, 2)
    assert np.all((looks >= 0) & (looks <= 1))
