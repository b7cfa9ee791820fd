"""Fixed networks on OpenVINO: float32 pinned, one thread, one request.

Lower precision moves comparison scores away from the evaluated ones, so it is never chosen.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import openvino

Tensor = npt.NDArray[np.float32]

_ONE_THREAD = {
    "INFERENCE_PRECISION_HINT": "f32",
    "INFERENCE_NUM_THREADS": 1,
    "NUM_STREAMS": 1,
}


class Network:
    """One compiled model of one input; not to be run by two threads at once."""

    def __init__(self, model: bytes) -> None:
        """Compile the network from its verified bytes."""
        core = openvino.Core()
        compiled = core.compile_model(core.read_model(model=model), "CPU", _ONE_THREAD)
        self._request = compiled.create_infer_request()

    def run(self, tensor: Tensor) -> list[Tensor]:
        """Return every output, in the model's order."""
        return [np.asarray(output) for output in self._request.infer([tensor]).to_tuple()]
