"""How well a confidence tells right from wrong: AUROC, coverage, risk, and calibration.

Confidences are probabilities [n]; labels are 1 where the event happened, 0 where not [n].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
BINS = 10
_DRAWS = 1000
_SEED = 20_240


@dataclass(frozen=True, slots=True)
class Bin:
    """Queries of neighbouring confidence: how many, their mean confidence, the share in which the event happened."""

    count: int
    confidence: float
    share: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """ece: expected calibration error; low, high: its 95 % bootstrap interval.

    perfect, perfect_high  mean and 95 % quantile of the error that a perfectly calibrated model with the same
                           confidences shows on as many queries, by chance alone
    """

    ece: float
    low: float
    high: float
    perfect: float
    perfect_high: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """coverage, risk: shares of all that are answered, and of those that are wrong, for each threshold that parts
    them, from the highest down [m]."""

    threshold: Vector
    coverage: Vector
    risk: Vector

    @property
    def area(self) -> float:
        """Mean risk over coverages from 0 to 1 (AURC, Geifman et al. 2019)."""
        widths = np.diff(self.coverage, prepend=0.0)
        return float(np.sum(self.risk * widths))


def auroc(positive: Vector, negative: Vector) -> float:
    """Probability that a positive's confidence is above a negative's, ties half (Mann–Whitney's U / nm)."""
    values, places = np.unique(np.concatenate([positive, negative]), return_inverse=True)
    counts = np.bincount(places, minlength=len(values))
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    above = np.sum(ranks[: len(positive)]) - len(positive) * (len(positive) + 1) / 2
    return float(above / (len(positive) * len(negative)))


def coverage_at_false(positive: Vector, negative: Vector, allowed: float) -> tuple[float, float]:
    """(share of the positives, threshold) at the lowest threshold that at most `allowed` of the negatives reach."""
    thresholds = np.unique(np.concatenate([positive, [np.inf]]))
    false = np.array([np.mean(negative >= t) for t in thresholds])
    best = float(thresholds[false <= allowed][0])
    return float(np.mean(positive >= best)), best


def risk_coverage(confidence: Vector, right: Vector) -> RiskCoverage:
    """What answering only from a confidence on would mean, for each confidence that occurs."""
    thresholds = np.unique(confidence)[::-1]
    answered = confidence[None, :] >= thresholds[:, None]
    counts = answered.sum(axis=1)
    wrong = (answered * (1.0 - right)[None, :]).sum(axis=1)
    return RiskCoverage(thresholds, counts / len(confidence), wrong / counts)


def calibration(confidence: Vector, happened: Vector) -> Calibration:
    """Error in ten bins of equal mass (Nixon et al. 2019), with what chance alone does to it. The draws are seeded."""
    random = np.random.default_rng(_SEED)
    n = len(confidence)
    order = np.argsort(confidence, kind="stable")
    confidence, happened = confidence[order], happened[order]
    counts, means, shares = _binned(confidence[None, :], happened[None, :])
    rows = np.sort(random.integers(0, n, (_DRAWS, n)), axis=1)
    resampled = _errors(*_binned(confidence[rows], happened[rows]))
    same = np.broadcast_to(confidence, (_DRAWS, n))
    perfect = _errors(*_binned(same, (random.random((_DRAWS, n)) < same).astype(np.float64)))
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Calibration(
        ece=float(_errors(counts, means, shares)[0]),
        low=float(low),
        high=float(high),
        perfect=float(np.mean(perfect)),
        perfect_high=float(np.quantile(perfect, 0.95)),
        bins=tuple(
            Bin(int(c), float(m), float(s)) for c, m, s in zip(counts, means[0], shares[0], strict=True)
        ),
    )


def _binned(confidence: Vector, happened: Vector) -> tuple[Vector, Vector, Vector]:
    """(count of each bin [bins], mean confidence and mean label of each draw's bins [draws, bins]).

    confidence [draws, n] ascends in each draw. Equal confidences share their mean label, so that no order of theirs
    moves a figure.
    """
    draws, n = confidence.shape
    steps = np.concatenate([np.zeros((draws, 1), bool), np.diff(confidence, axis=1) > 0], axis=1)
    groups = np.cumsum(steps, axis=1) + np.arange(draws)[:, None] * n
    sums = np.bincount(groups.ravel(), weights=happened.ravel(), minlength=draws * n)
    sizes = np.bincount(groups.ravel(), minlength=draws * n)
    shared = (sums / np.maximum(sizes, 1))[groups]
    counts = np.array([len(part) for part in np.array_split(np.arange(n), min(BINS, n))], dtype=np.float64)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    means = np.add.reduceat(confidence, starts, axis=1) / counts
    return counts, means, np.add.reduceat(shared, starts, axis=1) / counts


def _errors(counts: Vector, means: Vector, shares: Vector) -> Vector:
    """The error of each draw [draws]."""
    return np.asarray((np.abs(means - shares) * counts).sum(axis=1) / counts.sum(), dtype=np.float64)
