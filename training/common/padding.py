"""Padding with zeros as a part of the convolution behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper
from onnx.reference import ReferenceEvaluator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def fold_padding(model: ModelProto) -> None:
    """Takes out each node that only adds a rim of zeros for one convolution, which can do so itself.

    PyTorch's convolutions pad both ends alike, so networks that came from elsewhere do it in a step of its
    own. ONNX Runtime would have to leave its fast order of memory for that: it takes a third of the time.
    """
    nodes = model.graph.node
    for pad in [node for node in nodes if node.op_type == "Pad"]:
        users = [node for node in nodes if pad.output[0] in node.input]
        if len(users) == 1 and users[0].op_type == "Conv" and _adds_zeros(model, pad):
            ends = _value(model, pad.input[1])
            if ends is not None and not any(ends[:2] + ends[4:6]):
                ends = [int(value) for value in ends]
                _widen(users[0], ends[2:4] + ends[6:8])
                users[0].input[0] = pad.input[0]
                nodes.remove(pad)
    _remove_unused(model)


def _adds_zeros(model: ModelProto, pad: NodeProto) -> bool:
    mode = next((a.s for a in pad.attribute if a.name == "mode"), b"constant")
    if mode != b"constant":
        return False
    value = next(iter(pad.input[2:3]), "")
    return not value or _value(model, value) == [0]


def _value(model: ModelProto, name: str) -> list[float] | None:
    """The numbers of a tensor that the graph works out; None if they depend on the input."""
    made = {output: node for node in model.graph.node for output in node.output}
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    needed: list[NodeProto] = []
    waiting = [name]
    while waiting:
        wanted = waiting.pop()
        if wanted in made:
            needed.append(made[wanted])
            waiting += made[wanted].input
        elif wanted and wanted not in constants:
            return None
    used = [constants[i] for node in needed for i in node.input if i in constants]
    # In the order of the graph, each once.
    steps = [node for node in model.graph.node if any(node is one for one in needed)]
    output = helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None)
    part = helper.make_graph(steps, "constant", [], [output], used)
    found = ReferenceEvaluator(helper.make_model(part, opset_imports=model.opset_import)).run(None, {})[0]
    return [float(value) for value in np.ravel(found)]


def _widen(conv: NodeProto, ends: list[int]) -> None:
    """Adds to the padding of a convolution: top, left, bottom, right."""
    pads = next((a for a in conv.attribute if a.name == "pads"), None)
    if pads is None:
        conv.attribute.append(helper.make_attribute("pads", ends))
    else:
        pads.ints[:] = [a + b for a, b in zip(pads.ints, ends, strict=True)]


def _remove_unused(model: ModelProto) -> None:
    """Takes out the nodes of which nothing is wanted any more."""
    nodes = model.graph.node
    while True:
        used = {*_used(nodes), *(output.name for output in model.graph.output)}
        idle = [node for node in nodes if used.isdisjoint(node.output)]
        if not idle:
            return
        for node in idle:
            nodes.remove(node)


def _used(nodes: Iterable[NodeProto]) -> Iterator[str]:
    """Names that nodes take, those inside of branches too."""
    for node in nodes:
        yield from node.input
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _used(attribute.g.node)
                yield from (output.name for output in attribute.g.output)
