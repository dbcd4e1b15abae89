import torch

from lablib.language_models.scratch import sampling
from lablib.language_models.scratch.sampling import Setting
from lablib.models.decoder import Decoder


def test_torn_words_at_both_ends_do_not_count():
    assert sampling.words("ing about the two wor") == ["about", "the", "two"]
    assert sampling.words("1,204 km² of Águas e") == ["of", "águas"]
    assert sampling.words("") == []


def test_words_are_compared_without_case_and_digits():
    known = sampling.vocabulary_of(["The river.", "A Lake 12"])
    assert known == {"the", "river", "a", "lake"}


def test_continuations_leave_the_prompt_out_and_repeat_with_the_seed():
    model = Decoder(40, context=16, width=16, heads=2, layers=1, seed=0)
    prompts = torch.arange(8).view(2, 4)
    draw = [
        sampling.continuations(model, prompts, Setting("x", "x"), new_tokens=6, seed=seed)
        for seed in (3, 3, 4)
    ]
    assert draw[0].shape == (2, 6)
    assert torch.equal(draw[0], draw[1])
    assert not torch.equal(draw[0], draw[2])


def test_greedy_draws_nothing():
    model = Decoder(40, context=16, width=16, heads=2, layers=1, seed=0)
    greedy = Setting("g", "g", temperature=0.0)
    one, two = (
        sampling.continuations(model, torch.arange(4)[None], greedy, new_tokens=5, seed=seed)
        for seed in (0, 1)
    )
    assert torch.equal(one, two)


def test_every_setting_has_a_name_of_its_own():
    keys = [setting.key for setting in sampling.SETTINGS]
    assert len(set(keys)) == len(keys)
    assert {s.top_k for s in sampling.SETTINGS} > {None}
    assert {s.top_p for s in sampling.SETTINGS} > {None}
    assert 0.0 in {s.temperature for s in sampling.SETTINGS}
