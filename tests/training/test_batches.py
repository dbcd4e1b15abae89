import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.training.batches import Batches

sizes = st.integers(1, 40)


def rows_by_step(batches: Batches, start: int, stop: int) -> list[list[int]]:
    return [
        [row for piece in pieces if piece.share for row in piece.rows.tolist()]
        for pieces in batches.steps(start, stop)
    ]


@given(examples=sizes, batch=sizes, accumulation=st.integers(1, 4), world=st.integers(1, 3))
@settings(max_examples=50, deadline=None)
def test_processes_and_micro_batches_share_the_batch_of_a_single_process(
    examples: int, batch: int, accumulation: int, world: int
) -> None:
    single = Batches(examples=examples, batch_size=batch, seed=1)
    stop = 2 * single.per_epoch
    parts = [
        Batches(
            examples=examples,
            batch_size=batch,
            seed=1,
            accumulation=accumulation,
            rank=rank,
            world_size=world,
        )
        for rank in range(world)
    ]
    joined = [
        list(itertools.chain(*rows))
        for rows in zip(*(rows_by_step(p, 0, stop) for p in parts), strict=True)
    ]
    assert joined == rows_by_step(single, 0, stop)
    for pieces in zip(*(part.steps(0, stop) for part in parts), strict=True):
        shares = [piece.share for mine in pieces for piece in mine]
        assert abs(sum(shares) - 1) < 1e-9
        assert all(len(piece.rows) for mine in pieces for piece in mine)
        if world > 1:  # every process takes part in every exchange
            assert {len(mine) for mine in pieces} == {accumulation}


@given(examples=sizes, batch=sizes, start=st.integers(0, 30), length=st.integers(0, 30))
@settings(max_examples=50, deadline=None)
def test_starting_late_gives_the_same_steps(
    examples: int, batch: int, start: int, length: int
) -> None:
    batches = Batches(examples=examples, batch_size=batch, seed=5)
    stop = start + length
    assert rows_by_step(batches, start, stop) == rows_by_step(batches, 0, stop)[start:]


def test_every_epoch_holds_every_example_once_in_another_order() -> None:
    batches = Batches(examples=30, batch_size=8, seed=0)
    assert batches.per_epoch == 4
    assert [batches.size(step) for step in range(5)] == [8, 8, 8, 6, 8]
    first, second = batches.order(0), batches.order(1)
    assert sorted(first.tolist()) == sorted(second.tolist()) == list(range(30))
    assert not torch.equal(first, second)
    other = Batches(examples=30, batch_size=8, seed=1)
    assert not torch.equal(other.order(0), first)
    assert not torch.equal(other.order(0), second)


def test_the_order_neither_uses_nor_moves_the_global_generator() -> None:
    batches = Batches(examples=30, batch_size=8, seed=0)
    torch.manual_seed(0)
    first, drawn = batches.order(0), torch.rand(1)
    torch.manual_seed(0)
    assert torch.equal(drawn, torch.rand(1))
    assert torch.equal(first, batches.order(0))


@given(examples=st.integers(1, 300), batch=st.integers(1, 9), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_sorted_by_length_an_epoch_still_holds_each_example_once(
    examples: int, batch: int, seed: int
) -> None:
    lengths = torch.randint(1, 60, (examples,), generator=torch.Generator().manual_seed(seed))
    batches = Batches(examples=examples, batch_size=batch, seed=seed, lengths=lengths)
    for epoch in range(2):
        rows = rows_by_step(batches, epoch * batches.per_epoch, (epoch + 1) * batches.per_epoch)
        assert sorted(itertools.chain(*rows)) == list(range(examples))
        assert [len(row) for row in rows] == [batches.size(step) for step in range(len(rows))]
    again = rows_by_step(batches, 1, batches.per_epoch + 1)
    assert again == rows_by_step(batches, 0, batches.per_epoch + 1)[1:]  # resuming at a step


def test_sorted_by_length_there_is_little_padding_and_no_order_of_lengths() -> None:
    lengths = torch.randint(1, 101, (1024,), generator=torch.Generator().manual_seed(0))

    def padded(batches: Batches) -> float:
        rows = rows_by_step(batches, 0, batches.per_epoch)
        return sum(int(lengths[row].max()) * len(row) for row in rows) / int(lengths.sum())

    plain = Batches(examples=1024, batch_size=8, seed=0)
    by_length = Batches(examples=1024, batch_size=8, seed=0, lengths=lengths)
    assert padded(plain) > 1.6
    assert 1.0 < padded(by_length) < 1.1
    means = [float(lengths[row].float().mean()) for row in rows_by_step(by_length, 0, 128)]
    steps = torch.arange(128.0)
    assert abs(float(torch.corrcoef(torch.stack([steps, torch.tensor(means)]))[0, 1])) < 0.25
    first, second = (rows_by_step(by_length, start, start + 128) for start in (0, 128))
    assert {tuple(sorted(row)) for row in first}.isdisjoint({tuple(sorted(r)) for r in second})


def test_lengths_of_other_examples_are_refused() -> None:
    with pytest.raises(ValueError, match=r"lengths has the shape \(3,\) and there are 4 examples"):
        Batches(examples=4, batch_size=2, seed=0, lengths=torch.ones(3))
