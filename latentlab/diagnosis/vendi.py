"""The effective number of different samples: Friedman & Dieng 2022 (arXiv:2210.02410)."""

from __future__ import annotations

import numpy as np

from latentlab.diagnosis.distances import Features


def vendi_score(features: Features) -> float:
    """exp of the entropy of the eigenvalues of K / N, K the cosine similarities; 1 (all the same) ... N.

    Through the smaller of K (N, N) and the D x D matrix with the same eigenvalues, so many samples cost no more
    memory than many dimensions. It grows with the number of samples: compare generated with real at equal numbers.

    Args:
        features: (N, D); a row of zeros is similar to nothing.
    """
    x = np.asarray(features, np.float64)
    lengths = np.linalg.norm(x, axis=1, keepdims=True)
    x = x / np.where(lengths > 0, lengths, 1.0)
    product = x @ x.T if len(x) <= x.shape[1] else x.T @ x
    shares = np.linalg.eigvalsh(product / len(x)).clip(0.0)
    shares = shares[shares > 0] / shares.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))
