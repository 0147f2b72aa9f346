"""Pieces of OpenVINO graphs, and running them on torch's memory without copies.

Features travel between graphs as (N, H, W, C): that is how OpenVINO's convolutions on a CPU want them, and a
transposition at the edge of a graph costs nothing as long as a convolution or an element-wise step is next to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

import numpy as np
import openvino as ov  # type: ignore[import-untyped]
import torch
from numpy.typing import NDArray
from openvino import opset13 as op
from torch import Tensor

Precision = Literal["float32", "bfloat16"]
Array = NDArray[np.float32]

_HINTS = {"float32": "f32", "bfloat16": "bf16"}
_TYPES = {torch.float32: ov.Type.f32, torch.bfloat16: ov.Type.bf16}
TORCH_TYPES: dict[Precision, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@cache
def _core() -> Any:
    return ov.Core()


def has_bfloat16() -> bool:
    """Whether the processor computes in bfloat16."""
    return "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class Graph:
    """A compiled graph with one infer request. Not to be shared between threads."""

    def __init__(self, results: Sequence[Any], parameters: Sequence[Any], precision: Precision) -> None:
        model = ov.Model([op.result(node) for node in results], list(parameters), "graph")
        # The precision is always said: OpenVINO chooses bfloat16 by itself where the processor has it.
        properties = {
            "INFERENCE_PRECISION_HINT": _HINTS[precision],
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "NUM_STREAMS": "1",
            "ENABLE_CPU_PINNING": False,
        }
        self._request = _core().compile_model(model, "CPU", properties).create_infer_request()

    def run(self, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
        """Read `inputs` and write `outputs`, all contiguous and of the graph's shapes and types."""
        for index, tensor in enumerate(inputs):
            self._request.set_input_tensor(index, _shared(tensor))
        for index, tensor in enumerate(outputs):
            self._request.set_output_tensor(index, _shared(tensor))
        self._request.infer()


def _shared(tensor: Tensor) -> ov.Tensor:
    """The same memory as an OpenVINO tensor."""
    if tensor.dtype is torch.float32:
        return ov.Tensor(tensor.numpy(), shared_memory=True)
    return ov.Tensor(tensor.view(torch.int16).numpy(), ov.Shape(tensor.shape), _TYPES[tensor.dtype])


def constant(values: Tensor | Array | float) -> Any:
    """A float32 constant."""
    if isinstance(values, Tensor):
        values = values.detach().cpu().float().numpy()
    return op.constant(np.array(values, dtype=np.float32, order="C"))


def parameter(*shape: int) -> Any:
    """A float32 input."""
    return op.parameter(list(shape), ov.Type.f32)


def features_parameter(
    height: int, width: int, channels: int, precision: Precision, pictures: int = 1
) -> tuple[Any, Any]:
    """The input of a graph that takes features (N, H, W, C), and the node that gives its values."""
    node = op.parameter([pictures, height, width, channels], _TYPES[TORCH_TYPES[precision]])
    return node, node if precision == "float32" else op.convert(node, ov.Type.f32)


def features_result(x: Any, precision: Precision) -> Any:
    """(N, C, H, W) as what a graph hands on."""
    x = op.transpose(x, [0, 2, 3, 1])
    return x if precision == "float32" else op.convert(x, ov.Type.bf16)


def planes_first(x: Any) -> Any:
    """(N, H, W, C) to (N, C, H, W)."""
    return op.transpose(x, [0, 3, 1, 2])


def convolution(x: Any, weight: Tensor | Array, padding: tuple[int, int, int, int]) -> Any:
    """Stride 1; padding is (x_lo, x_hi, y_lo, y_hi), none of them negative."""
    x_lo, x_hi, y_lo, y_hi = padding
    return op.convolution(x, constant(weight), [1, 1], [y_lo, x_lo], [y_hi, x_hi], [1, 1])


def cropped_or_padded(x: Any, padding: tuple[int, int, int, int]) -> Any:
    """Zeros around (1, C, H, W), or less of it where negative."""
    x_lo, x_hi, y_lo, y_hi = padding
    if min(padding) < 0:
        begin = [max(-y_lo, 0), max(-x_lo, 0)]
        height, width = x.get_output_shape(0)[2:]
        end = [height - max(-y_hi, 0), width - max(-x_hi, 0)]
        x = op.slice(x, begin, end, [1, 1], [2, 3])
    lo, hi = [0, 0, max(y_lo, 0), max(x_lo, 0)], [0, 0, max(y_hi, 0), max(x_hi, 0)]
    if any(lo + hi):
        x = op.pad(x, lo, hi, "constant", constant(0.0))
    return x


def filtered(x: Any, taps: Array, stride: tuple[int, int], padding: tuple[int, int, int, int]) -> Any:
    """True convolution of every plane of (1, C, H, W) by a (n, m) filter; padding as in `convolution`."""
    if min(padding) < 0:
        x, padding = cropped_or_padded(x, padding), (0, 0, 0, 0)
    x_lo, x_hi, y_lo, y_hi = padding
    channels = x.get_output_shape(0)[1]
    weight = np.broadcast_to(taps[::-1, ::-1], (channels, 1, 1, *taps.shape))
    return op.group_convolution(x, constant(weight), list(stride), [y_lo, x_lo], [y_hi, x_hi], [1, 1])


def zero_inserted(x: Any, taps: Array, factor: tuple[int, int], padding: tuple[int, int, int, int]) -> Any:
    """`latentlab.models.resampling.upsample` by a (n, m) filter, in one transposed convolution.

    Args:
        factor: along y and x.
    """
    rows, columns = taps.shape
    x_lo, x_hi, y_lo, y_hi = padding
    left, right = columns - 1 - x_lo, columns - factor[1] - x_hi
    top, bottom = rows - 1 - y_lo, rows - factor[0] - y_hi
    channels = x.get_output_shape(0)[1]
    weight = constant(np.broadcast_to(taps, (channels, 1, 1, rows, columns)))
    begin, end = [max(top, 0), max(left, 0)], [max(bottom, 0), max(right, 0)]
    y = op.group_convolution_backprop_data(x, weight, list(factor), pads_begin=begin, pads_end=end)
    return cropped_or_padded(y, (max(-left, 0), max(-right, 0), max(-top, 0), max(-bottom, 0)))


def doubled_image(image: Any, taps: Array) -> Any:
    """`latentlab.models.resampling.upsample_2x` of few planes: a convolution to four phases, interleaved."""
    channels = image.get_output_shape(0)[1]
    rows, columns = taps.shape
    # out[2 i + p] = sum over e of x[i + e] taps[p + n - 1 - lo - 2 e], with lo = (n + 1) // 2.
    shift = (rows - 1 - (rows + 1) // 2, columns - 1 - (columns + 1) // 2)
    reach = max(max(rows, columns) // 2, 1)
    side = 2 * reach + 1
    weight = np.zeros((channels, 2, 2, channels, side, side), np.float32)
    for p, q, y, x in np.ndindex(2, 2, side, side):
        a, b = p + shift[0] - 2 * (y - reach), q + shift[1] - 2 * (x - reach)
        if 0 <= a < rows and 0 <= b < columns:
            for plane in range(channels):
                weight[plane, p, q, plane, y, x] = 4.0 * taps[a, b]
    phases = convolution(image, weight.reshape(4 * channels, channels, side, side), (reach,) * 4)
    return op.depth_to_space(phases, "depth_first", 2)


def transposed_convolution(x: Any, weight: Array) -> Any:
    """Stride 2 and no padding: (1, I, H, W) and (O, I, k, k) to (1, O, 2 H + k - 2, 2 W + k - 2)."""
    return op.convolution_backprop_data(x, constant(weight.transpose(1, 0, 2, 3)), [2, 2])


def interleaved_convolution(x: Any, weight: Array) -> Any:
    """`transposed_convolution` by a 3 x 3 kernel as four small convolutions, plus a row and column of zeros.

    In float32 OpenVINO runs these faster than its transposed convolution.
    """
    phases = []
    for p in range(2):
        for q in range(2):
            # Even samples see the kernel's ends, odd ones its middle.
            kernel = weight[:, :, [2, 0] if p == 0 else [1]][:, :, :, [2, 0] if q == 0 else [1]]
            phases.append(convolution(x, kernel, (1 - q, 1, 1 - p, 1)))
    return op.depth_to_space(op.concat(phases, 1), "blocks_first", 2)


def activated(x: Any, name: str) -> Any:
    """An activation of `latentlab.models.style_layers.ACTIVATIONS`, without its gain.

    Raises:
        NotImplementedError: it has no counterpart here.
    """
    if name == "linear":
        return x
    if name == "lrelu":
        return op.prelu(x, constant(np.array([0.2], np.float32)))
    if name == "relu":
        return op.relu(x)
    raise NotImplementedError(f"activation {name}")


def square(taps: Tensor) -> Array:
    """A filter as (n, m), whether it is separable or not."""
    array: Array = taps.detach().cpu().float().numpy()
    return np.outer(array, array) if array.ndim == 1 else array


def separate(taps: Array) -> list[Array]:
    """The filters (n, 1) and (1, m) whose product is `taps`, or `taps` itself where it is of a higher rank."""
    u, s, v = np.linalg.svd(taps.astype(np.float64))
    if len(s) > 1 and s[1] > 1e-7 * s[0]:
        return [taps]
    sign = math.copysign(math.sqrt(s[0]), u[:, 0].sum() or 1.0)
    column = (u[:, :1] * sign).astype(np.float32)
    row = (v[:1] * (s[0] / sign)).astype(np.float32)
    return [column, row]
