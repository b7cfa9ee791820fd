"""De-quantise a block-quantised ONNX file once, so that any runtime can load it. ONNX opset 21.

The published int8 files use block-wise DequantizeLinear, which OpenVINO refuses. Each one is
folded into a plain float32 initializer; the network computes what it computed before.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import numpy_helper

OPSET = 13


def dequantised(model: bytes) -> bytes:
    """Return `model` with every DequantizeLinear folded into a constant."""
    loaded = onnx.load_model_from_string(model)
    graph = loaded.graph
    constants = {one.name: one for one in graph.initializer}
    spent: set[str] = set()
    for node in [node for node in graph.node if node.op_type == "DequantizeLinear"]:
        values, scales, zeros = (numpy_helper.to_array(constants[name]) for name in node.input)
        options = {option.name: option.i for option in node.attribute}
        axis, block = options.get("axis", 1), options.get("block_size", 0)
        folded = _folded(values, scales, zeros, axis=axis, block=block)
        graph.initializer.append(numpy_helper.from_array(folded, node.output[0]))
        graph.node.remove(node)
        spent.update(node.input)
    _drop(graph, spent)
    del loaded.opset_import[:]
    loaded.opset_import.append(onnx.helper.make_opsetid("", OPSET))
    return bytes(loaded.SerializeToString(deterministic=True))


def _folded(
    values: np.ndarray, scales: np.ndarray, zeros: np.ndarray, *, axis: int, block: int
) -> np.ndarray:
    """Return the float32 values; block-wise where `block` is set. ONNX DequantizeLinear-21."""
    if scales.ndim and block:
        wanted = values.shape[axis]
        scales = np.repeat(scales, block, axis=axis).take(range(wanted), axis=axis)
        zeros = np.repeat(zeros, block, axis=axis).take(range(wanted), axis=axis)
    elif scales.ndim:
        shape = [-1 if index == axis else 1 for index in range(values.ndim)]
        scales, zeros = scales.reshape(shape), zeros.reshape(shape)
    shifted = values.astype(np.float32) - zeros.astype(np.float32)
    return np.asarray(shifted * scales, dtype=np.float32)


def _drop(graph: onnx.GraphProto, spent: set[str]) -> None:
    """Remove the constants that nothing reads any more; initializers are no graph inputs."""
    read = {name for node in graph.node for name in node.input}
    constants = {one.name for one in graph.initializer}
    for one in [one for one in graph.initializer if one.name in spent - read]:
        graph.initializer.remove(one)
    for one in [one for one in graph.input if one.name in constants]:
        graph.input.remove(one)
