"""Ex-post fits of a trained VAE's codes to its prior (Ghosh et al. 2020, arXiv:1903.12436, section 4).

The codes that an encoder gives to real pictures are never spread quite like the prior: their dimensions are
correlated, so samples of the prior fall where the decoder saw nothing. An affine change of code that makes mean
and covariance those of the prior folds into the layers next to the code: the same network, drawing the same
pictures, with codes that sampling meets. Codes of pictures with many distinct kinds lie in clumps besides; a flow
(`latentlab.models.flow`) that was fitted to them leads every sample into one.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from dataclasses import replace

import torch
from torch import Tensor, nn

from latentlab.errors import TrainingError
from latentlab.models.flow import CodeFlow
from latentlab.models.generator import Posterior
from latentlab.models.stack import StepBlock
from latentlab.models.steps import MAX_FLOW_WIDTH, Flow
from latentlab.models.vae import VAE, VAEConfig
from trainers.settings import Settings, setting

_FEWEST = 100
_BATCH = 256
_RATE = 1e-3
_LOOK = 250
"""Steps between two looks at codes that the flow does not learn from."""


class FlowSettings(Settings):
    """A flow for the finished network: a group of hyper-parameters to inherit from."""

    flow_steps: int = setting(
        0,
        "Fit a flow from the prior to the codes of the finished network in so many steps, so that every sample "
        "falls where pictures are; 0: none.",
        unit="steps",
        group="Result",
        least=0,
    )


@torch.no_grad()
def codes_of(network: VAE, images: Iterable[Tensor]) -> Posterior:
    """Posteriors of pictures that come in parts, (N, z_dim) each."""
    parts = [network.encode(part) for part in images]
    return Posterior(*(torch.cat(both) for both in zip(*parts, strict=True)))


def with_flow(network: VAE, images: Iterable[Tensor], steps: int, seed: int) -> VAE:
    """`network`, or with `steps` one whose decoder begins with a flow that was fitted to its codes of `images`."""
    return fit_flow(network, codes_of(network, images), steps, seed) if steps else network


def check_flow(config: VAEConfig) -> None:
    """Refuse what no flow can be fitted to, before hours of training rather than after.

    Raises:
        TrainingError: the network has classes, a flow already, or a code of one number or very many.
    """
    if config.condition is not None or isinstance(config.layers[0], Flow):
        raise TrainingError(
            "A flow can be fitted without classes only, and once: set conditional to false, or flow_steps to 0."
        )
    if not 2 <= config.z_dim <= MAX_FLOW_WIDTH:
        raise TrainingError(
            f"A flow takes codes of 2 to {MAX_FLOW_WIDTH} numbers, not {config.z_dim}: set flow_steps to 0."
        )


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


def fit_flow(network: VAE, codes: Posterior, steps: int, seed: int = 0) -> VAE:
    """A copy of `network` whose decoder begins with a flow from the prior to its aggregated posterior.

    The flow is the most likely one (by gradient ascent); of its states, the one under which codes that it did not
    learn from are the most likely is kept, so a flow of few codes stays a mild one.

    Args:
        network: without classes and without a flow.
        codes: posteriors of training pictures, (N, z_dim) each. Of fewer than a hundred nothing is learned:
            the network is returned as it is.
        steps: of the ascent.
        seed: of everything random in it.

    Raises:
        TrainingError: as `check_flow`.
    """
    config = network.config
    check_flow(config)
    if len(codes.mu) < _FEWEST:
        return network
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        step = Flow(config.z_dim)
        flow = CodeFlow(step.width, step.layers, step.hidden).to(codes.mu.device)
    _make_likely(flow, codes, steps, seed)
    fitted = VAE(replace(config, layers=(step, *config.layers))).to(codes.mu.device)
    old, new = network.blocks[0], fitted.blocks[0]
    assert isinstance(old, StepBlock)
    assert isinstance(new, StepBlock)
    rest = {name: value for name, value in network.state_dict().items() if not name.startswith("blocks.0.")}
    fitted.load_state_dict(rest, strict=False)
    for place, layer in enumerate((flow, *old.layers)):
        new.layers[place].load_state_dict(layer.state_dict())
    return fitted.eval().requires_grad_(False)


@torch.enable_grad()
def _make_likely(flow: CodeFlow, codes: Posterior, steps: int, seed: int) -> None:
    """Raise the likelihood of codes (mean plus noise of its width) under the flow."""
    mu, width = codes.mu.detach(), (0.5 * codes.logvar.detach()).exp()
    noise = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(mu), generator=noise).to(mu.device)
    apart, learned = order[: len(mu) // 10], order[len(mu) // 10 :]

    def surprise(places: Tensor) -> Tensor:
        """Mean negative log likelihood in nats, less a constant."""
        scatter = torch.randn(len(places), mu.shape[1], generator=noise).to(mu)
        normal, change = flow.inverse(mu[places] + width[places] * scatter)
        return (0.5 * normal.square().sum(1) - change).mean()

    with torch.no_grad():
        best, kept = surprise(apart).item(), copy.deepcopy(flow.state_dict())
    optimiser = torch.optim.Adam(flow.parameters(), lr=_RATE)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(1.0, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * step / steps))
        loss = surprise(learned[torch.randint(len(learned), (_BATCH,), generator=noise).to(mu.device)])
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(flow.parameters(), 10.0)
        optimiser.step()
        if (step + 1) % _LOOK == 0 or step + 1 == steps:
            with torch.no_grad():
                now = surprise(apart).item()
            if now < best:
                best, kept = now, copy.deepcopy(flow.state_dict())
    flow.load_state_dict(kept)


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
