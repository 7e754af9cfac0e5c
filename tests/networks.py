"""Networks made up for tests: cards, tiny graphs, and doubles in the place of ONNX Runtime."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

from inpaint_studio.resources import resource

THINGS = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)  # fmt: skip
PICTURE = {"mean": [0.5, 0.5, 0.5], "std": [0.2, 0.2, 0.2], "stride": 32}


def graph_bytes(
    nodes: Sequence[NodeProto], weights: dict[str, np.ndarray], inputs: dict[str, list], outputs: list[str]
) -> bytes:
    """An ONNX file; `inputs` give the shape of each, with names for sides of any length."""

    def port(name: str, shape: list | None) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    kept = [numpy_helper.from_array(np.asarray(values), name) for name, values in weights.items()]
    ports = [port(*item) for item in inputs.items()], [port(name, None) for name in outputs]
    graph = helper.make_graph(list(nodes), "made up", *ports, kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    data: bytes = model.SerializeToString()
    return data


def write_card(folder: Path, name: str, graphs: dict[str, tuple[bytes, list, list]], **card: Any) -> None:
    """Graphs (bytes, names of inputs and outputs) and a card that fits them, but for what `card` changes."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for graph, (data, inputs, outputs) in graphs.items():
        file = f"{name}.onnx" if len(graphs) == 1 else f"{name}-{graph}.onnx"
        (folder / file).write_bytes(data)
        files[graph] = {
            "file": file, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(),
            "inputs": inputs, "outputs": outputs, "probe": {"height": 64, "width": 96},
        }  # fmt: skip
    known = {"id": name, "licence": "made up", "memory_mb": 10, "speed": "quick", "graphs": files}
    (folder / f"{name}.json").write_text(json.dumps(known | card), "utf-8")


def write_network(
    folder: Path,
    name: str,
    classes: tuple[str, ...] = THINGS,
    street: bool = False,
    certain: float = 50.0,
    **options: Any,
) -> None:
    """A network of random weights that calls everything its second class, or almost so (`certain`)."""
    rng = np.random.default_rng(0)
    bias = np.zeros(len(classes), np.float32)
    bias[1] = certain
    weights = {"w": rng.normal(0, 0.3, (len(classes), 3, 3, 3)).astype(np.float32), "b": bias}
    nodes = [
        helper.make_node("Conv", ["photo", "w", "b"], ["logits"], pads=[1] * 4, strides=[2, 2]),
        helper.make_node("Softmax", ["logits"], ["certainty"], axis=1),
    ]
    outputs = ["certainty"]
    if street:
        nodes += [
            helper.make_node("ReduceMean", ["photo"], ["mean"], axes=[1, 2, 3], keepdims=0),
            helper.make_node("Sigmoid", ["mean"], ["street"]),
        ]
        outputs.append("street")
    data = graph_bytes(nodes, weights, {"photo": ["n", 3, "height", "width"]}, outputs)
    known = {"task": "finder", "form": "labels", "picture": PICTURE, "classes": list(classes)}
    write_card(folder, name, {"look": (data, ["photo"], outputs)}, **known | options)


def write_enhancer(folder: Path, by: int = 20, *, name: str = "enhance", **changes: Any) -> None:
    """A network that enhances by making everything `by` levels brighter."""
    nodes = [
        helper.make_node("Add", ["photo", "by"], ["brighter"]),
        helper.make_node("Clip", ["brighter", "zero", "one"], ["restored"]),
    ]
    weights = {"by": np.float32(by / 255), "zero": np.float32(0), "one": np.float32(1)}
    data = graph_bytes(nodes, weights, {"photo": ["n", 3, "height", "width"]}, ["restored"])
    known = {"task": "enhancer", "form": "tiles", "picture": {"stride": 8}}
    write_card(folder, name, {"restore": (data, ["photo"], ["restored"])}, **known | changes)


def write_filler(
    folder: Path, *, by: float = 0.0, invents: float = 0.0, side: int = 64, **changes: Any
) -> None:
    """A network called inpaint: holes get the mean of what is known, `by` levels more, and noise of its own.

    Noise follows from the whole picture; `invents` is how strong it is.
    """
    rng = np.random.default_rng(5)
    weights = {
        "by": np.float32(by / 255), "one": np.float32(1), "zero": np.float32(0), "few": np.float32(1e-6),
        "axis": np.array([1]), "first": np.array([0]), "third": np.array([3]), "end": np.array([4]),
        "w": (invents * rng.normal(0, 1, (3, 4, 7, 7))).astype(np.float32),
    }  # fmt: skip
    node = helper.make_node
    nodes = [
        node("Slice", ["photo", "first", "third", "axis"], ["colours"]),
        node("Slice", ["photo", "third", "end", "axis"], ["hole"]),
        node("Sub", ["one", "hole"], ["known"]),
        node("Mul", ["colours", "known"], ["kept"]),
        node("ReduceMean", ["kept"], ["sum"], axes=[2, 3]),
        node("ReduceMean", ["known"], ["share"], axes=[2, 3]),
        node("Max", ["share", "few"], ["some"]),
        node("Div", ["sum", "some"], ["mean"]),
        node("Mul", ["mean", "hole"], ["filled"]),
        node("Conv", ["photo", "w"], ["noise"], pads=[3] * 4),
        node("Add", ["kept", "filled"], ["whole"]),
        node("Add", ["whole", "by"], ["lighter"]),
        node("Add", ["lighter", "noise"], ["made"]),
        node("Clip", ["made", "zero", "one"], ["restored"]),
    ]
    data = graph_bytes(nodes, weights, {"photo": [1, 4, side, side]}, ["restored"])
    known = {"task": "filler", "form": "holes", "picture": {"size": [side, side]}}
    write_card(folder, "inpaint", {"restore": (data, ["photo"], ["restored"])}, **known | changes)


def write_click_network(folder: Path, *, sha256: str = "", **changes: Any) -> None:
    """The network for clicks that comes with the program, looking at photos of 96 pixels; called select."""
    folder.mkdir(parents=True, exist_ok=True)
    card = json.loads(resource("models", "select.json").read_text("utf-8"))
    for graph in card["graphs"].values():
        shutil.copy(resource("models", graph["file"]), folder / graph["file"])
        graph["sha256"] = sha256 or graph["sha256"]
    small = {"side": 96, "zoom_side": 64, "licence": "made up"}
    (folder / "select.json").write_text(json.dumps(card | small | changes), "utf-8")


class Double:
    """In the place of an opened graph: runs a function of the inputs, which gives the outputs by name."""

    def __init__(self, run: Callable[..., dict[str, Any]], inputs: list[str], outputs: list[str]) -> None:
        self._run, self._inputs, self._outputs = run, inputs, outputs

    def get_inputs(self) -> list[SimpleNamespace]:
        shape = ["n", 3, "height", "width"]
        return [SimpleNamespace(name=n, shape=shape, type="tensor(float)") for n in self._inputs]

    def get_outputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name=n) for n in self._outputs]

    def run(self, names: list[str] | None, inputs: dict[str, Any]) -> list[Any]:
        made = self._run(**inputs)
        return [made[name] for name in names or self._outputs]


def write_double(folder: Path, name: str = "enhance", **changes: Any) -> bytes:
    """A card of a network that enhances whose graph is no ONNX file but a name; returns that."""
    data = f"double {name} {folder}".encode()
    known = {"task": "enhancer", "form": "tiles", "picture": {"stride": 8}}
    write_card(folder, name, {"restore": (data, ["photo"], ["restored"])}, **known | changes)
    return data
