import pytest
import torch
from torch import nn

from lablib.training import predict
from tests.training.setting import examples, network


def test_batches_do_not_change_the_outputs() -> None:
    inputs, _ = examples()
    model = network(dropout=0.5)
    whole = predict(model, inputs)
    assert whole.shape == (50, 1)
    assert not whole.requires_grad
    torch.testing.assert_close(predict(model, inputs, batch_size=7), whole)
    torch.testing.assert_close(model.eval()(inputs), whole)


def test_no_inputs_give_no_outputs() -> None:
    assert predict(network(), torch.zeros(0, 5)).shape == (0, 1)


def test_every_module_gets_its_mode_back() -> None:
    model = nn.Sequential(nn.Dropout(0.5), nn.Linear(2, 1)).train()
    model[0].eval()
    predict(model, torch.zeros(3, 2))
    assert [module.training for module in model.modules()] == [True, False, True]


def test_a_model_without_weights_computes_where_the_inputs_are() -> None:
    assert torch.equal(predict(nn.ReLU(), torch.tensor([-1.0, 2.0])), torch.tensor([0.0, 2.0]))


def test_an_empty_batch_size_is_refused() -> None:
    with pytest.raises(ValueError, match="batch_size=0 must be at least 1"):
        predict(network(), torch.zeros(1, 5), batch_size=0)
