"""Random numbers: nanoseconds each, beside numpy's.

    python benchmarks/sampling.py

Blocks of 512 draws as a simulation takes them; best of five runs, in CPU time.
"""

import time
from collections.abc import Callable

import numpy as np
from curve_instances import say
from scipy.special import ndtri
from scipy.stats import qmc

from allocopt.sampling import (
    Columns,
    LatinHypercubeStream,
    PseudoRandomStream,
    SobolStream,
    Stream,
    normals,
)
from allocopt.sampling.marginals import Beta, Lognormal, Marginal, NegativeBinomial, Pert

ROWS = range(512)
STREAMS: tuple[Stream, ...] = (
    SobolStream(1),
    PseudoRandomStream(1),
    LatinHypercubeStream(1, len(ROWS)),
)
MARGINALS: tuple[Marginal, ...] = (
    Lognormal.from_spread(0.2),
    Beta(128.8, 730.1),
    Pert(1.0, 2.0, 9.0),
    NegativeBinomial(483.0, 20.0),
)


def each(call: Callable[[], object], numbers: int) -> str:
    """Return nanoseconds per number."""
    best = np.inf
    for _ in range(5):
        since = time.process_time()
        call()
        best = min(best, time.process_time() - since)
    return f"{1e9 * best / numbers:.1f}"


def streams() -> None:
    """Print what uniform and normal numbers take."""
    say("columns", "stream", "uniform", "normal")
    for count in (250, 2_500):
        columns = Columns(np.arange(count), np.arange(count, dtype=np.uint64))
        size = count * len(ROWS)
        for stream in STREAMS:
            stream.uniforms(columns, 0, ROWS)
            uniform = each(lambda s=stream, c=columns: s.uniforms(c, 0, ROWS), size)
            normal = each(lambda s=stream, c=columns: normals(s, c, 0, ROWS), size)
            say(count, type(stream).__name__[:14], uniform, normal)
        random = np.random.default_rng(1)
        shape = (len(ROWS), count)
        plain = each(lambda r=random, s=shape: r.random(s), size)
        say(count, "numpy", plain, each(lambda r=random, s=shape: ndtri(r.random(s)), size))
        fresh = each(lambda c=count: qmc.Sobol(c, rng=1).random(len(ROWS)), size)
        say(count, "scipy Sobol", fresh, "")


def marginals() -> None:
    """Print what values take beyond the normal numbers."""
    say("distribution", "draw", "exact quantile")
    z = np.random.default_rng(1).standard_normal(2**17)
    u = np.random.default_rng(1).random(2**17)
    for marginal in MARGINALS:
        marginal.from_normal(z)
        drawn = each(lambda m=marginal: m.from_normal(z), z.size)
        exact = each(lambda m=marginal: m.quantile(u), u.size)
        say(type(marginal).__name__, drawn, exact)


if __name__ == "__main__":
    streams()
    marginals()
