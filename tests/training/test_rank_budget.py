import warnings

import pytest
import torch
from torch import nn

from lablib.training import TrainingConfig, fit
from lablib.training.rank_budget import moving_ranks

STEPS = 12


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.value = nn.Linear(10, 10), nn.Linear(10, 10)
        self.head = nn.Linear(10, 2)

    def forward(self, x):
        return self.head(self.query(x).tanh() + self.value(x))


@pytest.fixture
def model():
    from peft import AdaLoraConfig, get_peft_model

    torch.manual_seed(0)
    config = AdaLoraConfig(
        init_r=4, target_r=2, tinit=2, tfinal=4, deltaT=1, total_step=STEPS, lora_alpha=8,
        target_modules=["query", "value"],
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return get_peft_model(Net(), config)


@pytest.fixture
def examples():
    torch.manual_seed(1)
    x = torch.randn(24, 10)
    return x, (x[:, 0] * x[:, 1] > 0).long()


def loss(model, batch):
    return nn.functional.cross_entropy(model(batch[0]), batch[1])


CONFIG = TrainingConfig(max_steps=STEPS, batch_size=8, learning_rate=0.05, device="cpu")


def ranks(model):
    return sum(
        int((parameter != 0).sum())
        for name, parameter in model.named_parameters()
        if "lora_E" in name
    )


def test_the_budget_falls_to_its_target(model, examples):
    with moving_ranks(model):
        fit(model, examples, loss=loss, config=CONFIG)
    assert ranks(model) == 2 * 2  # target rank times layers, down from 4 * 2


def test_without_it_nothing_is_pruned(model, examples):
    fit(model, examples, loss=loss, config=CONFIG)
    assert ranks(model) == 4 * 2


def test_equal_to_the_loop_that_peft_documents(model, examples):
    import copy

    other = copy.deepcopy(model)
    config = TrainingConfig(
        max_steps=STEPS, batch_size=24, learning_rate=0.05, weight_decay=0.0, device="cpu"
    )
    with moving_ranks(model):
        fit(model, examples, loss=loss, config=config)
    optimizer = torch.optim.AdamW(
        [p for p in other.parameters() if p.requires_grad], lr=0.05, weight_decay=0.0
    )
    for step in range(STEPS):
        loss(other, examples).backward()
        optimizer.step()
        other.base_model.update_and_allocate(step)
        optimizer.zero_grad()
    pairs = zip(model.parameters(), other.parameters(), strict=True)
    assert all(torch.allclose(mine, theirs, atol=1e-4) for mine, theirs in pairs)


def test_other_optimisers_do_not_count_and_the_hook_goes(model, examples):
    seen = []
    model.base_model.update_and_allocate = seen.append
    with moving_ranks(model):
        fit(nn.Linear(10, 2), examples, loss=loss, config=CONFIG)
        assert seen == []
        fit(model, examples, loss=loss, config=CONFIG)
    fit(model, examples, loss=loss, config=CONFIG)
    assert seen == list(range(STEPS))


def test_a_model_without_adalora():
    with pytest.raises(ValueError, match="a Linear without AdaLoRA"), moving_ranks(nn.Linear(1, 1)):
        pass
