"""The loss of segmentation networks and the scores."""

import numpy as np
import pytest
import torch

from training.common.datasets import CAMVID_CLASSES
from training.common.samples import Sample
from training.common.scores import confusion, counted, scores
from training.segmentation.losses import SegmentationLoss, class_weights
from training.segmentation.whole import whole_photo_counts

VOID = len(CAMVID_CLASSES)


def test_void_does_not_count():
    loss = SegmentationLoss(np.ones(VOID, np.float32), 0.5)
    logits = torch.randn(2, VOID, 8, 8)
    target = torch.randint(0, VOID, (2, 8, 8))
    target[:, :4] = VOID
    other = logits.clone()
    other[:, :, :4] = torch.randn(2, VOID, 4, 8)
    assert torch.allclose(loss(logits, target), loss(other, target))
    right = torch.nn.functional.one_hot(target.clamp_max(VOID - 1), VOID).permute(0, 3, 1, 2) * 20.0
    assert loss(right, target) < loss(logits, target)


@pytest.mark.parametrize("jaccard", [0.0, 1.0])
def test_nothing_but_void_teaches_nothing(jaccard):
    logits = torch.randn(1, 3, 4, 4, requires_grad=True)
    loss = SegmentationLoss(np.ones(3, np.float32), jaccard)(logits, torch.full((1, 4, 4), 3))
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


def test_rare_classes_weigh_more():
    labels = np.zeros((400, 400), np.uint8)
    labels[:20, :20], labels[200:, 200:] = 9, VOID
    sample = Sample("a", np.zeros((400, 400, 3), np.uint8), labels)
    weights = class_weights([sample], VOID, 0.25)
    assert weights[9] > weights[0]
    share = np.array([(labels == 0).sum(), (labels == 9).sum()]) / (labels != VOID).sum()
    assert float(weights[[0, 9]] @ share) == pytest.approx(1, abs=0.01)
    assert len(set(class_weights([sample], VOID, 0.0))) == 1


def test_scores():
    truth = np.array([[0, 0, 1, VOID]], np.uint8)
    result = scores(confusion(truth, np.array([[0, 1, 1, 5]], np.uint8), VOID), CAMVID_CLASSES)
    assert result.iou["sky"] == pytest.approx(0.5)
    assert result.iou["building"] == pytest.approx(0.5)
    assert result.iou["car"] is None
    assert result.mean_iou == result.mean_iou_present == pytest.approx(0.5)
    assert result.accuracy == pytest.approx(2 / 3)


def test_the_mean_is_taken_over_the_classes_that_enough_photos_show():
    truths = [np.array([0, 0]), np.array([0, 1]), np.array([0, 3])]
    assert counted(truths, 3, 2) == [0]
    assert counted(truths, 3, 1) == [0, 1]
    assert counted(truths, 3, 0) == counted(truths, 3, 9) == [0, 1, 2]
    table = confusion(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0]), 3)
    result = scores(table, "abc", [1])
    assert result.mean_iou == pytest.approx(0.5)
    assert result.mean_iou_present == pytest.approx((2 / 3 + 0.5) / 2)


def test_whole_photos_of_any_size():
    class Bright(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.one = torch.nn.Parameter(torch.ones(1))

        def forward(self, x):
            assert x.shape[2] % 32 == x.shape[3] % 32 == 0
            return torch.cat((-x[:, :1], x[:, :1]), 1) * self.one

    photo = np.zeros((33, 50, 3), np.uint8)
    photo[:, 20:] = 255
    labels = (photo[..., 0] > 0).astype(np.uint8)
    labels[:5] = 2
    table = whole_photo_counts(Bright(), [Sample("a", photo, labels)], 2, 32)
    assert table.tolist() == [[28 * 20, 0], [0, 28 * 30]]
