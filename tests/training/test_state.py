from torch import nn

from lablib.training.state import Best, EpochSummary, TrainingState


def test_patience_by_hand() -> None:
    best, seen = Best(), []
    for epoch, loss in enumerate([3.0, 2.0, 2.0, 1.0, 1.5, 1.0, 1.2], start=1):
        best.observe(epoch, loss)
        seen.append((best.epoch, best.waited))
    assert seen == [(1, 0), (2, 0), (2, 1), (4, 0), (4, 1), (4, 2), (4, 3)]
    assert [best.exhausted(patience) for patience in (3, 4, None)] == [True, False, False]


def test_kept_weights_are_a_copy() -> None:
    model = nn.Linear(1, 1)
    before = model.weight.item()
    best = Best()
    best.observe(1, 0.5, model=model)
    nn.init.constant_(model.weight, 9.0)
    assert best.weights is not None
    assert best.weights["weight"].item() == before


def test_state_survives_its_plain_form() -> None:
    state = TrainingState(step=7, loss_sum=1.25, examples=40)
    state.close_epoch(2, 0.5, 0.1)
    state.best.observe(2, 0.5)
    state.loss_sum, state.examples = 3.5, 4
    other = TrainingState()
    other.load_state_dict(state.state_dict())
    assert other == state
    assert other.history == [EpochSummary(2, 7, 1.25 / 40, 0.5, 0.1)]
