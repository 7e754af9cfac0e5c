"""Networks as ONNX files: what is traced of them, how their numbers are stored, and the card beside them."""

from __future__ import annotations

import hashlib
import io
import json
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import ModelProto, TensorProto, helper, numpy_helper
from torch import Tensor, nn

from inpaint_studio.basics import StudioError
from training.common.padding import fold_padding

OPSET = 17
"""Old enough for every ONNX Runtime of the last years, new enough for all that the networks do."""
_SMALL = 256
"""Tensors of fewer numbers stay float32: a node that converts them would cost more than it saves."""


@dataclass(frozen=True)
class Traced:
    """One graph of a network: what is run, on what, and which sides may have other lengths.

    `dynamic` names axes of inputs and outputs; `probe` gives each of these names a length that the network
    sees in everyday use, by which the editor measures devices.
    """

    module: nn.Module
    inputs: dict[str, Tensor]
    outputs: tuple[str, ...]
    dynamic: dict[str, dict[int, str]] = field(default_factory=dict)
    probe: dict[str, int] = field(default_factory=dict)

    def to_onnx(self) -> bytes:
        """The graph as the bytes of an ONNX file, with the float32 weights as float16 where that is exact."""
        file = io.BytesIO()
        self.module.eval()
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")  # of the tracer: that shapes were taken as constants is tested
            torch.onnx.export(
                self.module, tuple(self.inputs.values()), file, dynamo=False, opset_version=OPSET,
                input_names=list(self.inputs), output_names=list(self.outputs), dynamic_axes=self.dynamic,
                # Batch norms stay, with weights that float16 holds exactly; the editor folds them in.
                training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
            )  # fmt: skip
        model = onnx.load_from_string(file.getvalue())
        fold_padding(model)
        store_as_half(model)
        onnx.checker.check_model(model)
        data: bytes = model.SerializeToString()
        return data


def rounded(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """A state whose numbers float16 holds exactly, as float32."""
    return {k: v.half().float() if v.is_floating_point() else v for k, v in state.items()}


def store_as_half(model: ModelProto) -> None:
    """Stores float32 tensors that lose nothing by it as float16, each with a node that makes it float32.

    ONNX Runtime runs these nodes once, when it loads the graph; it then works with float32 throughout.
    """
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if values.size < _SMALL or not np.array_equal(half.astype(np.float32), values):
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*casts, *nodes])


def shipped_weights(path: Path) -> dict[str, Tensor]:
    """The weights in an exported graph as float32, by the names they have in torch.

    StudioError if the file is no ONNX file.
    """
    try:
        model = onnx.load(path)
    except (OSError, DecodeError):
        raise StudioError(f"{path} can't be read as an exported network.") from None
    kept = {t.name.removesuffix(".half"): numpy_helper.to_array(t) for t in model.graph.initializer}
    return {
        name.removeprefix("network."): torch.from_numpy(values.astype(np.float32))
        for name, values in kept.items()
    }


def write_model(graphs: dict[str, Traced], folder: Path, card: dict[str, Any]) -> Path:
    """Write the graphs of a network and its card `ID.json` into `folder`; returns the path of the card.

    `card` holds what `inpaint_studio.engines.networks.card.Card` asks for, but for the graphs: files, sizes
    and SHA-256 are filled in. StudioError if the folder can't be written.
    """
    path = folder / f"{card['id']}.json"
    files = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, graph in graphs.items():
            data = graph.to_onnx()
            file = folder / (f"{card['id']}.onnx" if len(graphs) == 1 else f"{card['id']}-{name}.onnx")
            file.write_bytes(data)
            files[name] = {
                "file": file.name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(),
                "inputs": list(graph.inputs), "outputs": list(graph.outputs), "probe": graph.probe,
            }  # fmt: skip
        path.write_text(json.dumps(card | {"graphs": files}, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise StudioError(f"{error.filename or folder} can't be written; choose another --out.") from None
    return path
