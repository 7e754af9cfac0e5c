"""Tiny graphs with the inputs and outputs of networks that others published, and files that are not taken.

Names and shapes are those of the published files: LaMa by Carve, MI-GAN's pipeline, MobileSAM by Acly,
BiRefNet and IS-Net as rembg serves them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, external_data_helper, helper, numpy_helper

Shape = list[Any]


def model(
    nodes: list[NodeProto],
    inputs: dict[str, tuple[int, Shape]],
    outputs: dict[str, tuple[int, Shape]],
    weights: dict[str, np.ndarray] | None = None,
) -> Any:
    """An ONNX model; each port has a type and a shape, whose strings are sides of any length."""
    kept = [numpy_helper.from_array(np.asarray(values), name) for name, values in (weights or {}).items()]
    ports = [
        [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in given.items()]
        for given in (inputs, outputs)
    ]
    graph = helper.make_graph(nodes, "made up", *ports, kept)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def write(path: Path, made: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.SerializeToString())
    return path


F, B = TensorProto.FLOAT, TensorProto.UINT8
node = helper.make_node


def lama() -> Any:
    """Paints holes blue: 0..255 out of 0..1, mask 1 in the hole."""
    nodes = [
        node("Sub", ["one", "mask"], ["known"]),
        node("Mul", ["image", "known"], ["kept"]),
        node("Mul", ["mask", "blue"], ["painted"]),
        node("Add", ["kept", "painted"], ["sum"]),
        node("Mul", ["sum", "white"], ["output"]),
    ]
    blue = np.array([0, 0, 1], np.float32).reshape(1, 3, 1, 1)
    weights = {"one": np.float32(1), "white": np.float32(255), "blue": blue}
    inputs = {"image": (F, ["batch", 3, 512, 512]), "mask": (F, ["batch", 1, 512, 512])}
    return model(nodes, inputs, {"output": (F, ["batch", 3, 512, 512])}, weights)


def mi_gan() -> Any:
    """Paints holes blue: bytes in and out, mask 0 in the hole."""
    nodes = [
        node("Cast", ["mask"], ["m"], to=F),
        node("Div", ["m", "white"], ["known"]),
        node("Sub", ["one", "known"], ["hole"]),
        node("Cast", ["image"], ["i"], to=F),
        node("Mul", ["i", "known"], ["kept"]),
        node("Mul", ["hole", "blue"], ["painted"]),
        node("Add", ["kept", "painted"], ["sum"]),
        node("Cast", ["sum"], ["result"], to=B),
    ]
    blue = np.array([0, 0, 255], np.float32).reshape(1, 3, 1, 1)
    weights = {"one": np.float32(1), "white": np.float32(255), "blue": blue}
    inputs = {"image": (B, [1, 3, "height", "width"]), "mask": (B, [1, 1, "height", "width"])}
    return model(nodes, inputs, {"result": (B, [1, 3, "height", "width"])}, weights)


def saliency(answer: str = "output_image", *, logits: bool = False, side: int = 1024) -> Any:
    """What is brighter than the middle stands out."""
    nodes = [node("ReduceMean", ["input_image"], ["mean"], axes=[1], keepdims=1)]
    nodes.append(node("Mul", ["mean", "gain"], [answer]))
    weights = {"gain": np.float32(8.0 if logits else 1.0)}
    return model(nodes, {"input_image": (F, [1, 3, side, side])}, {answer: (F, [1, 1, side, side])}, weights)


def sam() -> tuple[Any, Any]:
    """Sees nothing; answers with what a box spans on its grid of 1024 × 1024, or a square around points."""
    see = model(
        [node("Slice", ["input_image", "zero3", "one3"], ["pixel"]),
         node("ReduceMean", ["pixel"], ["mean"], keepdims=0),
         node("Mul", ["mean", "nothing"], ["none"]),
         node("Add", ["none", "maps"], ["image_embeddings"])],
        {"input_image": (F, ["height", "width", 3])}, {"image_embeddings": (F, [1, 256, 64, 64])},
        {"zero3": np.zeros(3, np.int64), "one3": np.ones(3, np.int64), "nothing": np.float32(0),
         "maps": np.zeros((1, 256, 64, 64), np.float32)},
    )  # fmt: skip
    rows, columns = np.mgrid[:64, :64].astype(np.float32) * 16 + 8
    grid = np.stack([columns, rows], -1)[None, None]
    nodes = [
        # Inside where both coordinates lie between the smallest and the largest given, a little more.
        node("ReduceMin", ["point_coords"], ["low"], axes=[1], keepdims=0),
        node("ReduceMax", ["point_coords"], ["high"], axes=[1], keepdims=0),
        node("Sub", ["grid", "low"], ["above"]),
        node("Sub", ["high", "grid"], ["below"]),
        node("Min", ["above", "below"], ["both"]),
        node("ReduceMin", ["both"], ["inside"], axes=[4], keepdims=0),
        node("Add", ["inside", "margins"], ["masks"]),
        node("ReduceMean", ["image_embeddings"], ["e"], keepdims=0),
        node("ReduceMean", ["mask_input"], ["p"], keepdims=0),
        node("ReduceMean", ["has_mask_input"], ["h"], keepdims=0),
        node("ReduceMean", ["orig_im_size"], ["o"], keepdims=0),
        node("ReduceMean", ["point_labels"], ["l"], keepdims=0),
        node("Sum", ["e", "p", "h", "o", "l"], ["all"]),
        node("Mul", ["all", "nothing"], ["none"]),
        node("Add", ["scores", "none"], ["iou_predictions"]),
    ]
    weights = {
        "grid": grid, "nothing": np.float32(0), "scores": np.array([[0.9, 0.5, 0.3, 0.2]], np.float32),
        "margins": np.array([60, 10, 160, 300], np.float32).reshape(1, 4, 1, 1),
    }  # fmt: skip
    inputs = {
        "image_embeddings": (F, [1, 256, 64, 64]), "point_coords": (F, [1, "points", 2]),
        "point_labels": (F, [1, "points"]), "mask_input": (F, [1, 1, 256, 256]), "has_mask_input": (F, [1]),
        "orig_im_size": (F, [2]),
    }  # fmt: skip
    outputs = {"masks": (F, [1, 4, "h", "w"]), "iou_predictions": (F, [1, 4])}
    return see, model(nodes, inputs, outputs, weights)


def elsewhere(folder: Path) -> Path:
    """A graph whose weights lie in another file."""
    made = lama()
    tensor = made.graph.initializer[0]
    external_data_helper.set_external_data(tensor, "../../secret.bin")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    return write(folder / "elsewhere.onnx", made)


def strange(folder: Path) -> Path:
    """A graph with an operator that is not part of ONNX."""
    made = lama()
    made.graph.node.append(node("Run", ["output"], ["gone"], domain="evil.example"))
    return write(folder / "strange.onnx", made)
