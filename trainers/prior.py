"""Ex-post fit of a trained VAE's codes to its prior (Ghosh et al. 2020, arXiv:1903.12436, section 4).

The codes that an encoder gives to real pictures are never spread quite like the prior: their dimensions are
correlated, so samples of the prior fall where the decoder saw nothing. An affine change of code that makes mean
and covariance those of the prior folds into the layers next to the code: the same network, drawing the same
pictures, with codes that sampling meets.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from latentlab.errors import TrainingError
from latentlab.models.generator import Posterior
from latentlab.models.vae import VAE


@torch.no_grad()
def fit_to_prior(network: VAE, codes: Posterior) -> VAE:
    """A copy of `network` whose aggregated posterior has mean 0 and covariance I.

    Its codes are the principal components of the old ones, the widest first. Its `encode` gives the exact new
    mean; its logvar, which a linear layer cannot follow exactly, is the mean one of each dimension.

    Args:
        network: without classes, with linear layers on both sides of the code.
        codes: posteriors of many training pictures, (N, z_dim) each, N well above z_dim.

    Raises:
        TrainingError: the network has no such layers, or there are too few codes.
    """
    mu, variance = codes.mu.double(), codes.logvar.double().exp()
    count, z_dim = mu.shape
    fitted = copy.deepcopy(network)
    first = next((module for module in fitted.blocks[0].modules() if isinstance(module, nn.Linear)), None)
    heads = fitted.to_mu, fitted.to_logvar
    if first is None or first.in_features != z_dim or not all(isinstance(head, nn.Linear) for head in heads):
        raise TrainingError("Codes can be fitted to the prior only where linear layers surround them.")
    if count <= z_dim:
        raise TrainingError(f"{count} pictures are too few to fit {z_dim} dimensions to the prior.")
    mean = mu.mean(0)
    widths, axes = torch.linalg.eigh(torch.cov(mu.T) + variance.mean(0).diag())
    widths, axes = widths.flip(0).clamp_min(1e-8).sqrt(), axes.flip(1)
    outward = axes * widths  # (z_dim, z_dim): z = mean + outward @ u
    inward = (axes / widths).T
    _fold_after(fitted.to_mu, inward, -inward @ mean)
    _fold_before(first, outward, mean)
    logvar = (inward.square() @ variance.mean(0)).log()
    assert isinstance(fitted.to_logvar, nn.Linear)
    fitted.to_logvar.weight.zero_()
    fitted.to_logvar.bias.copy_(logvar)
    return fitted


def _fold_after(layer: nn.Module | None, matrix: Tensor, offset: Tensor) -> None:
    """Make `layer` give matrix @ layer(x) + offset."""
    assert isinstance(layer, nn.Linear)
    weight, bias = layer.weight.double(), layer.bias.double()
    layer.weight.copy_(matrix @ weight)
    layer.bias.copy_(matrix @ bias + offset)


def _fold_before(layer: nn.Linear, matrix: Tensor, offset: Tensor) -> None:
    """Make `layer` take u in the place of matrix @ u + offset."""
    weight, bias = layer.weight.double(), layer.bias.double()
    layer.weight.copy_(weight @ matrix)
    layer.bias.copy_(bias + weight @ offset)
