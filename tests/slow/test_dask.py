"""Futures played by Dask: a real scheduler and two worker processes on the loopback."""

from pathlib import Path

import numpy as np
import pytest
from tests.unit.test_simulation import random_play, same

from allocopt.sampling.sobol import SobolStream
from allocopt.simulation.sample import extended, nothing

distributed = pytest.importorskip("distributed", reason="the extra [dask] is not installed")

pytestmark = [
    pytest.mark.slow,
    # Dask's own threads end after the interpreter has closed what they write to.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]


def test_workers_of_a_cluster_change_nothing(tmp_path: Path) -> None:
    stream, made = SobolStream(5), random_play()
    alone = extended(made, stream, nothing(made, 16), 2048)
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            local_directory=str(tmp_path),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        together = extended(
            made, stream, nothing(made, 16), 2048, executor=client.get_executor(retries=2)
        )
    assert same(alone, together)
    assert np.isfinite(alone.measures).all()
