from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset, IterableDataset, TensorDataset

from lablib.training import fit
from lablib.training.data import as_source
from tests.training.setting import configuration, examples, logistic, network, same_weights

CPU = torch.device("cpu")


def source(data: Any) -> Any:
    return as_source(data, device=CPU, name="train")


class Named(Dataset[dict[str, Any]]):
    """Rows with names, as language models have them."""

    def __init__(self) -> None:
        self.inputs, self.targets = examples()

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, row: int) -> dict[str, Any]:
        return {"both": [self.inputs[row], self.targets[row]], "row": row, "text": "a"}


def test_tensors_and_data_sets_train_alike() -> None:
    def named(model: nn.Module, batch: dict[str, Any]) -> Tensor:
        assert batch["text"] == ["a"] * len(batch["row"])
        return logistic(model, batch["both"])

    config = configuration(patience=None)
    by_tensor = fit(network(), examples(), loss=logistic, config=config).model
    by_pair = fit(network(), TensorDataset(*examples()), loss=logistic, config=config).model
    by_name = fit(network(), Named(), loss=named, config=config).model
    assert same_weights(by_tensor, by_pair)
    assert same_weights(by_tensor, by_name)


def test_rows_are_taken_in_order() -> None:
    inputs, targets = source((torch.arange(6).reshape(3, 2), torch.arange(3))).take(
        torch.tensor([2, 0])
    )
    assert inputs.tolist() == [[4, 5], [0, 1]]
    assert targets.tolist() == [2, 0]


def test_a_fingerprint_sees_values_shapes_and_types() -> None:
    base = torch.zeros(4, 2)
    others = [base.reshape(4, 1, 2), base.int(), base + 1e-7, base.bfloat16(), base.bool()]
    prints = [source((tensor,)).fingerprint() for tensor in [base, *others]]
    assert len(set(prints)) == len(prints)
    assert source((base.clone(),)).fingerprint() == prints[0]
    assert source((base.t().contiguous().t(),)).fingerprint() == prints[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ((torch.zeros(3), torch.zeros(2)), r"train has tensors of \[3, 2\] rows.*equal"),
        ((torch.zeros(0, 2),), "train must hold at least one example"),
        ((), "train must hold at least one example"),
        (TensorDataset(torch.zeros(0)), "train must hold at least one example"),
    ],
)
def test_unusable_data_are_named(data: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        source(data)


def test_a_stream_is_refused() -> None:
    class Stream(IterableDataset[int]):
        def __iter__(self) -> Any:
            return iter(range(3))

    with pytest.raises(ValueError, match="Stream must have a length.*map-style"):
        source(Stream())
