"""The network for clicks: shapes, what prompts become, and that one prompt does not touch another."""

import pytest
import torch

from training.selection.clicks import Asked, ClickNetwork, likeness, prompt_maps

NONE = float("nan")


def ask(points=(), box=(NONE,) * 4, previous=None, shape=(16, 24)):
    given = torch.tensor([[*p] for p in points] or [[0.0, 0.0, -1.0]], dtype=torch.float32)
    mask = torch.zeros(shape) if previous is None else previous
    return Asked(given[None, :, :2], given[None, :, 2], torch.tensor([box]), mask[None, None])


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return ClickNetwork().eval().requires_grad_(False)


@pytest.fixture(scope="module")
def seen(network):
    return network.see(torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(1)))


def test_sizes(network, seen):
    assert [tuple(level.shape[2:]) for level in seen.levels] == [(16, 24), (8, 12), (4, 6), (2, 3)]
    assert torch.allclose(seen.alike[0].norm(dim=1), torch.ones(1, 16, 24), atol=1e-5)
    answer = network.answer(seen, ask([(3.5, 4.5, 1)]))
    assert answer.masks.shape == (1, 3, 16, 24)
    assert answer.quality.shape == (1, 3)
    assert sum(p.numel() for p in network.parameters()) * 2 < 15e6


def test_every_kind_of_prompt_changes_the_answer(network, seen):
    plain = network.answer(seen, ask([(3.5, 4.5, 1)])).masks
    previous = torch.zeros(16, 24)
    previous[2:9, 3:12] = 1
    others = (
        ask([(20.5, 12.5, 1)]),
        ask([(3.5, 4.5, 0)]),
        ask([(3.5, 4.5, 1), (20.5, 12.5, 0)]),
        ask([(3.5, 4.5, 1)], box=(1.0, 2.0, 9.0, 9.0)),
        ask([(3.5, 4.5, 1)], previous=previous),
    )
    for other in others:
        answer = network.answer(seen, other).masks
        assert answer.isfinite().all()
        assert (answer - plain).abs().max() > 1e-3


def test_places_without_a_point_say_nothing(network, seen):
    """Wishes of different length share a batch: what fills them up must not count."""
    one = network.answer(seen, ask([(3.5, 4.5, 1)]))
    filled = network.answer(seen, ask([(3.5, 4.5, 1), (9.0, 9.0, -1), (0.0, 0.0, -1)]))
    assert torch.allclose(one.masks, filled.masks, atol=1e-5)
    box = network.answer(seen, ask(box=(1.0, 2.0, 9.0, 9.0)))
    assert box.masks.isfinite().all()


def test_a_batch_answers_as_each_alone(network, seen):
    asked = [ask([(3.5, 4.5, 1)]), ask([(20.5, 12.5, 0)], box=(1.0, 2.0, 9.0, 9.0))]
    both = network.answer(seen.repeat(2), Asked(*(torch.cat(parts) for parts in zip(*asked, strict=True))))
    for n, one in enumerate(asked):
        alone = network.answer(seen, one)
        assert torch.allclose(both.masks[n], alone.masks[0], atol=1e-4)
        assert torch.allclose(both.quality[n], alone.quality[0], atol=1e-4)


def test_maps_show_where_the_prompts_are():
    previous = torch.zeros(16, 24)
    previous[4, 5] = 0.7
    maps = prompt_maps(ask([(3.5, 4.5, 1), (20.5, 12.5, 0)], box=(2.0, 3.0, 10.0, 9.0), previous=previous))[0]
    assert [divmod(int(maps[n].argmax()), 24) for n in (0, 3)] == [(4, 3), (12, 20)]
    assert maps[0, 4, 3] == 1
    assert maps[0, 12, 20] < 1e-6
    assert maps[1, 4, 9] == pytest.approx(torch.exp(torch.tensor(-1.0)).item())
    inside = maps[6] > 0.5
    assert inside[3:9, 2:10].all()
    assert inside.sum() == 6 * 8
    assert (maps[7] > 0).sum() == 6 * 8
    assert maps[8].max() == pytest.approx(0.7)
    assert (maps[9] == 1).all()
    empty = prompt_maps(ask())[0]
    assert empty.abs().max() < 1e-6


def test_likeness_is_that_to_the_likest_point():
    vectors = torch.zeros(1, 2, 2, 4)
    vectors[0, 0, :, :2] = 1
    vectors[0, 1, :, 2:] = 1
    asked = ask([(1.0, 1.0, 1), (13.0, 5.0, 1), (14.0, 1.0, 0)], shape=(8, 16))
    wanted, unwanted = likeness(vectors, asked)[0]
    assert torch.equal(wanted, torch.ones(2, 4))
    assert torch.equal(unwanted, torch.tensor([[0.0, 0, 1, 1]] * 2))
    assert (likeness(vectors, ask(shape=(8, 16))) == 0).all()
