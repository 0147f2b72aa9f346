"""StyleGAN3's layers as OpenVINO graphs.

Upsampling goes along one axis after the other: the samples of each phase are a depthwise convolution of their own,
and rows (then columns) of all phases are laid side by side. Nothing is computed that is thrown away, and no
transposed convolution is needed, which OpenVINO runs a hundred times slower in bfloat16 when it is depthwise.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from openvino import opset13 as op  # type: ignore[import-untyped]
from torch import Tensor

from latentlab.models.generator import Block, State
from latentlab.models.stylegan3 import StyleGAN3Layer
from latentlab.render import openvino_graphs as graphs
from latentlab.render.openvino_graphs import Array, Graph, Precision, constant, parameter
from latentlab.render.tensor_pool import TensorPool

_ROWS, _COLUMNS = 2, 3
"""Axes of (1, C, H, W)."""


class StyleGAN3InputStage:
    """Fourier features, by torch: they are few, and their phases need float32."""

    def __init__(self, block: Block, precision: Precision) -> None:
        self._block = block
        self._dtype = graphs.TORCH_TYPES[precision]

    def run(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...]) -> State:
        """See `latentlab.render.openvino_engine.Stage`."""
        features = self._block(state, codes).features
        assert features is not None
        return State(features.permute(0, 2, 3, 1).to(self._dtype).contiguous())


class StyleGAN3Stage:
    """Runs one layer on one picture."""

    def __init__(self, block: StyleGAN3Layer, precision: Precision, pool: TensorPool) -> None:
        self._block = block
        self._pool = pool
        self._dtype = graphs.TORCH_TYPES[precision]
        self._graph = _layer_graph(block, precision)

    def run(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...]) -> State:
        """See `latentlab.render.openvino_engine.Stage`."""
        block = self._block
        assert state.features is not None
        scale, demodulation = block.scales(codes[:, 0])
        inputs = [state.features, scale] + ([] if demodulation is None else [demodulation])
        width, height = block.layer.out_size
        features = self._pool.take((1, height, width, block.layer.out_channels), self._dtype)
        outputs = [features]
        if block.is_last:
            outputs.append(torch.empty(1, block.layer.out_channels, height, width))
        self._graph.run(inputs, outputs)
        return State(features, outputs[1] if block.is_last else None)


def _layer_graph(block: StyleGAN3Layer, precision: Precision) -> Graph:
    layer = block.layer
    width, height = layer.in_size
    entry, x = graphs.features_parameter(height, width, layer.in_channels, precision)
    parameters = [entry, parameter(1, layer.in_channels)]
    x = graphs.planes_first(op.multiply(x, op.reshape(parameters[1], [1, 1, 1, -1], False)))
    x = graphs.convolution(x, block.weight, (layer.kernel_size - 1,) * 4)
    if not layer.is_torgb:
        parameters.append(parameter(1, layer.out_channels))
        x = op.multiply(x, op.reshape(parameters[2], [1, -1, 1, 1], False))
    x = op.add(x, constant(block.bias[None, :, None, None]))
    x = _raised(block, x)
    x = _lowered(block, x)
    results = [graphs.features_result(x, precision)]
    if block.is_last:
        results.append(op.multiply(x, constant(block.output_scale)))
    return Graph(results, parameters, precision)


def _raised(block: StyleGAN3Layer, x: Any) -> Any:
    """Upsample and activate, (1, C, H, W)."""
    layer = block.layer
    taps = block.get_buffer("up_filter") if layer.up_filter else torch.ones(1)
    # A leaky ReLU commutes with a positive gain, so the filter's gain does the activation's work.
    gain = layer.up**2 * (1.0 if layer.is_torgb else math.sqrt(2.0))
    if layer.up == 1 and layer.up_filter is None:
        scaled = x if gain == 1.0 else op.multiply(x, constant(gain))
        return _activated(block, graphs.cropped_or_padded(scaled, layer.padding))
    if taps.ndim == 1 and len(taps) >= layer.up:
        array = (taps.detach().cpu() * math.sqrt(gain)).numpy()
        x = graphs.planes_first(_interleaved(x, array, _ROWS, layer.up, layer.padding[2:]))
        x = _interleaved(x, array, _COLUMNS, layer.up, layer.padding[:2])
        return graphs.planes_first(_activated(block, x))
    x = graphs.zero_inserted(x, graphs.square(taps) * gain, (layer.up, layer.up), layer.padding)
    return _activated(block, x)


def _lowered(block: StyleGAN3Layer, x: Any) -> Any:
    """Filter and keep every `down`-th sample."""
    layer = block.layer
    taps = block.get_buffer("down_filter") if layer.down_filter else torch.ones(1)
    if layer.down == 1 and layer.down_filter is None:
        return x
    if taps.ndim == 2:
        return graphs.filtered(x, graphs.square(taps), (layer.down, layer.down), (0, 0, 0, 0))
    array = taps.detach().cpu().numpy()
    x = graphs.filtered(x, array[None, :], (1, layer.down), (0, 0, 0, 0))
    return graphs.filtered(x, array[:, None], (layer.down, 1), (0, 0, 0, 0))


def _activated(block: StyleGAN3Layer, x: Any) -> Any:
    if not block.layer.is_torgb:
        x = graphs.activated(x, "lrelu")
    bound = block.layer.conv_clamp
    return x if bound is None else op.clamp(x, -bound, bound)


def _interleaved(x: Any, taps: Array, axis: int, up: int, padding: tuple[int, ...]) -> Any:
    """Upsample (1, C, H, W) along one axis as `latentlab.models.resampling.upsample` does, to (1, H, W, C)."""
    _, channels, height, width = x.get_output_shape(0)
    size = (height, width)[axis - _ROWS]
    low, high = padding
    length = size * up + low + high - len(taps) + 1
    count = -(-length // up)
    phases = []
    for phase in range(up):
        # out[up i + phase] = sum over e of x[i + e] taps[start - up e]
        start = phase + len(taps) - 1 - low
        last, first = start // up, -((len(taps) - 1 - start) // up)
        kernel = taps[[start - up * e for e in range(first, last + 1)]]
        ends = (-first, count - 1 + last - (size - 1))
        phases.append(_along(x, kernel, axis, ends))
    shape = [1, count, 1, width, channels] if axis == _ROWS else [1, height, count, 1, channels]
    parts = [op.reshape(op.transpose(part, [0, 2, 3, 1]), shape, False) for part in phases]
    x = op.concat(parts, axis if axis == _ROWS else _COLUMNS)
    shape = [1, count * up, width, channels] if axis == _ROWS else [1, height, count * up, channels]
    x = op.reshape(x, shape, False)
    return x if count * up == length else op.slice(x, [0], [length], [1], [axis - 1])


def _along(x: Any, kernel: Array, axis: int, ends: tuple[int, int]) -> Any:
    """Depthwise correlation along one axis after padding (or cropping) it at both ends."""
    if axis == _ROWS:
        return graphs.filtered(x, kernel[::-1, None], (1, 1), (0, 0, *ends))
    return graphs.filtered(x, kernel[None, ::-1], (1, 1), (*ends, 0, 0))
