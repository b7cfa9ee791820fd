"""ONNX DequantizeLinear-21: folding the constants changes no result."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from biometric_auth.engines.conversion import dequantised

RNG = np.random.default_rng(2)


def quantised(values, scales, zeros, **attributes):
    """A model that multiplies its input by a quantised constant."""
    constants = [
        numpy_helper.from_array(array, name)
        for array, name in ((values, "values"), (scales, "scales"), (zeros, "zeros"))
    ]
    nodes = [
        helper.make_node("DequantizeLinear", ["values", "scales", "zeros"], ["w"], **attributes),
        helper.make_node("MatMul", ["x", "w"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "quantised",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, values.shape[0]])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, values.shape[1]])],
        constants,
    )
    opsets = [helper.make_opsetid("", 21)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()


def integers(*shape):
    return RNG.integers(-128, 127, shape).astype(np.int8)


def scales(*shape):
    return RNG.random(shape).astype(np.float32)


@pytest.mark.parametrize(
    ("scale", "zero", "attributes"),
    [
        pytest.param(scales(6, 2), integers(6, 2), {"axis": 1, "block_size": 4}, id="blocks"),
        pytest.param(scales(8), integers(8), {"axis": 1}, id="by-axis"),
        pytest.param(scales(), integers(), {}, id="one-scale"),
    ],
)
def test_the_folded_model_computes_the_same(scale, zero, attributes):
    model = quantised(integers(6, 8), scale, zero, **attributes)
    given = {"x": RNG.random((1, 6)).astype(np.float32)}
    before = ReferenceEvaluator(onnx.load_model_from_string(model)).run(None, given)[0]
    folded = onnx.load_model_from_string(dequantised(model))
    assert np.allclose(ReferenceEvaluator(folded).run(None, given)[0], before, rtol=1e-5)
    assert [node.op_type for node in folded.graph.node] == ["MatMul"]
    assert [one.name for one in folded.graph.initializer] == ["w"]


def test_folding_is_reproducible():
    model = quantised(integers(6, 8), scales(8), integers(8), axis=1)
    assert dequantised(model) == dequantised(model)
