"""StyleGAN2's blocks as OpenVINO graphs.

Styles and demodulation factors are computed by torch in float32, whatever the precision, and so is the sum of the
colours: they cost next to nothing, and rounding them is what one would see first.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from openvino import opset13 as op  # type: ignore[import-untyped]
from torch import Tensor

from latentlab.models.generator import State
from latentlab.models.style_layers import ACTIVATIONS
from latentlab.models.stylegan2 import SynthesisBlock, SynthesisLayer
from latentlab.render import openvino_graphs as graphs
from latentlab.render.openvino_graphs import Graph, Precision, constant, parameter
from latentlab.render.tensor_pool import TensorPool

_KERNEL = 3
"""Side of the kernels whose transposed convolution is done by small ones in float32."""


class StyleGAN2Stage:
    """Runs one block on a fixed number of pictures."""

    def __init__(
        self,
        block: SynthesisBlock,
        before: SynthesisBlock | None,
        precision: Precision,
        pool: TensorPool,
        pictures: int = 1,
    ) -> None:
        self._block = block
        self._pool = pool
        self._pictures = pictures
        self._dtype = graphs.TORCH_TYPES[precision]
        side = block.info.resolution
        self._silence = torch.zeros(pictures, 1, side, side)
        self._takes_image = before is not None and before.has_torgb
        self._graph = _block_graph(block, before, precision, pictures)
        self._sum = None
        if self._takes_image:
            self._sum = _sum_graph(block, pictures)

    def run(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...]) -> State:
        """Features are (N, H, W, C) in the stage's type, the image (N, 3, H, W), noise (N, 1, H, W) each."""
        block, side = self._block, self._block.info.resolution
        inputs: list[Tensor] = [] if state.features is None else [state.features]
        for number, layer in enumerate(block.layers):
            styles = layer.affine(codes[:, number])
            inputs += [styles, layer.demodulation(styles)]
            if block.info.noise:
                own = noise[number] if noise else None
                inputs.append(self._silence if own is None else own.float().contiguous())
        features = self._pool.take((self._pictures, side, side, block.info.channels), self._dtype)
        outputs = [features]
        if block.has_torgb:
            inputs.append(block.torgb.affine(codes[:, -1]) * block.torgb.weight_gain)
            outputs.append(torch.empty(self._pictures, block.torgb.bias.shape[0], side, side))
        self._graph.run(inputs, outputs)
        image = outputs[1] if block.has_torgb else None
        if self._sum is not None:
            assert state.image is not None
            assert image is not None
            total = torch.empty_like(image)
            self._sum.run([state.image, image], [total])
            image = total
        return State(features, image)


def _block_graph(
    block: SynthesisBlock, before: SynthesisBlock | None, precision: Precision, pictures: int
) -> Graph:
    parameters: list[Any] = []

    def factors(channels: int) -> Any:
        parameters.append(parameter(pictures, channels))
        return parameters[-1]

    if before is None:
        x = constant(block.const[None].permute(0, 2, 3, 1))
    else:
        side = before.info.resolution
        entry, x = graphs.features_parameter(side, side, before.info.channels, precision, pictures)
        parameters.append(entry)
    shortcut = None
    if block.architecture == "resnet" and before is not None:
        weight = block.skip.weight * math.sqrt(0.5 / block.skip.weight.shape[1])
        shortcut = graphs.convolution(graphs.planes_first(x), weight, (0, 0, 0, 0))
        shortcut = _doubled_features(shortcut, graphs.square(block.skip.get_buffer("resample_filter")))
    for number, layer in enumerate(block.layers):
        styles = factors(layer.weight.shape[1])
        if number == 0:
            # Scaled before the transposition, which then costs nothing.
            x = graphs.planes_first(op.multiply(x, op.reshape(styles, [pictures, 1, 1, -1], False)))
        else:
            x = op.multiply(x, _per_plane(styles))
        x = op.multiply(_convolved(layer, x, precision), _per_plane(factors(layer.weight.shape[0])))
        if block.info.noise:
            parameters.append(parameter(pictures, 1, block.info.resolution, block.info.resolution))
            x = op.add(x, parameters[-1])
        last = number == len(block.layers) - 1
        x = _activated(layer, x, math.sqrt(0.5) if last and shortcut is not None else 1.0)
    if shortcut is not None:
        x = op.add(x, shortcut)
    results = [graphs.features_result(x, precision)]
    if block.has_torgb:
        torgb = block.torgb
        colours = op.multiply(x, _per_plane(factors(torgb.weight.shape[1])))
        colours = graphs.convolution(colours, torgb.weight, (0, 0, 0, 0))
        colours = op.add(colours, constant(torgb.bias[None, :, None, None]))
        results.append(_clamped(colours, torgb.clamp))
    return Graph(results, parameters, precision)


def _sum_graph(block: SynthesisBlock, pictures: int) -> Graph:
    """The picture of the block before, twice as large, plus this block's colours."""
    side, channels = block.info.resolution, block.torgb.bias.shape[0]
    image = parameter(pictures, channels, side // 2, side // 2)
    colours = parameter(pictures, channels, side, side)
    doubled = graphs.doubled_image(image, graphs.square(block.get_buffer("resample_filter")))
    return Graph([op.add(doubled, colours)], [image, colours], "float32")


def _convolved(layer: SynthesisLayer, x: Any, precision: Precision) -> Any:
    weight = layer.weight.detach().cpu().float().numpy()
    if not layer.up:
        return graphs.convolution(x, weight, (weight.shape[2] // 2,) * 4)
    x_lo, x_hi, y_lo, y_hi = layer.filter_padding()
    if precision == "float32" and weight.shape[2] == _KERNEL:
        x = graphs.interleaved_convolution(x, weight)
        x_hi, y_hi = x_hi - 1, y_hi - 1  # it ends with zeros
    else:
        x = graphs.transposed_convolution(x, weight)
    taps = graphs.square(layer.get_buffer("resample_filter")) * 4.0
    if max(taps.shape) < 8:
        return graphs.filtered(x, taps, (1, 1), (x_lo, x_hi, y_lo, y_hi))
    x = graphs.cropped_or_padded(x, (x_lo, x_hi, y_lo, y_hi))
    for part in graphs.separate(taps):
        x = graphs.filtered(x, part, (1, 1), (0, 0, 0, 0))
    return x


def _doubled_features(x: Any, taps: graphs.Array) -> Any:
    rows, columns = taps.shape
    padding = ((columns + 1) // 2, (columns - 2) // 2, (rows + 1) // 2, (rows - 2) // 2)
    return graphs.zero_inserted(x, taps * 4.0, (2, 2), padding)


def _activated(layer: SynthesisLayer, x: Any, gain: float) -> Any:
    x = graphs.activated(op.add(x, constant(layer.bias[None, :, None, None])), layer.activation)
    x = op.multiply(x, constant(ACTIVATIONS[layer.activation][1] * gain))
    return _clamped(x, None if layer.clamp is None else layer.clamp * gain)


def _clamped(x: Any, bound: float | None) -> Any:
    return x if bound is None else op.clamp(x, -bound, bound)


def _per_plane(factors: Any) -> Any:
    """(N, C) to (N, C, 1, 1)."""
    return op.reshape(factors, [*factors.get_output_shape(0), 1, 1], False)
