"""Streams: every number has an address, and depends on nothing else."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, qmc

from allocopt.errors import SamplingError
from allocopt.sampling import (
    Columns,
    Factor,
    LatinHypercubeStream,
    PseudoRandomStream,
    Registry,
    SobolStream,
    Stream,
    normals,
)
from allocopt.sampling.words import key_of

STREAMS: list[Stream] = [
    SobolStream(20260101),
    PseudoRandomStream(20260101),
    LatinHypercubeStream(20260101, 1024),
]
each_stream = pytest.mark.parametrize("stream", STREAMS, ids=lambda s: type(s).__name__)

MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 13))
CHURN = Factor("churn", ("a", "b", "c"), MONTHS)
MARKET = Factor("market")
PRICE = Factor("price", ("a", "b"))


def columns(count: int) -> Columns:
    keys = [key_of("test", str(number)) for number in range(count)]
    return Columns(np.arange(count), np.array(keys, dtype=np.uint64))


@each_stream
def test_any_part_is_the_same_alone(stream: Stream) -> None:
    whole = stream.uniforms(columns(9), 3, range(1024))
    some = columns(9)[np.array([7, 2])]
    np.testing.assert_array_equal(stream.uniforms(some, 3, range(1024)), whole[:, [7, 2]])
    np.testing.assert_array_equal(stream.uniforms(columns(9), 3, range(300, 813)), whole[300:813])
    np.testing.assert_array_equal(stream.uniforms(some, 3, range(777, 778))[0], whole[777, [7, 2]])


@each_stream
def test_replicates_and_seeds_differ(stream: Stream) -> None:
    first = stream.uniforms(columns(4), 0, range(64))
    assert not np.isclose(stream.uniforms(columns(4), 1, range(64)), first).any()
    other = SobolStream(1) if isinstance(stream, SobolStream) else PseudoRandomStream(1)
    assert not np.isclose(other.uniforms(columns(4), 0, range(64)), first).any()


@each_stream
def test_numbers_are_uniform_and_unrelated(stream: Stream) -> None:
    drawn = np.concatenate([stream.uniforms(columns(6), r, range(1024)) for r in range(16)])
    assert drawn.min() > 0.0
    assert drawn.max() < 1.0
    counts = np.array([np.histogram(column, 64, (0.0, 1.0))[0] for column in drawn.T])
    expected = drawn.shape[0] / 64
    statistic = ((counts - expected) ** 2 / expected).sum(axis=1)
    assert (statistic < chi2.ppf(1.0 - 1e-6, 63)).all()
    # Five standard errors of a correlation of independent numbers.
    related = np.corrcoef(drawn, rowvar=False)[np.triu_indices(6, 1)]
    assert np.abs(related).max() < 5.0 / np.sqrt(drawn.shape[0])


@pytest.mark.parametrize("power", [4, 7, 10])
def test_sobol_rows_are_nets(power: int) -> None:
    for replicate in (0, 5):
        drawn = SobolStream(8).uniforms(columns(40), replicate, range(2**power))
        cells = np.sort((drawn * 2**power).astype(int), axis=0)
        np.testing.assert_array_equal(cells, np.arange(2**power)[:, None].repeat(40, 1))
        # The first two dimensions of Sobol are a (0, m, 2)-net: every elementary interval once.
        for split in range(power + 1):
            pairs = (drawn[:, :2] * [2**split, 2 ** (power - split)]).astype(int)
            assert len({tuple(pair) for pair in pairs.tolist()}) == 2**power


def test_sobol_is_as_even_as_the_reference() -> None:
    own = qmc.discrepancy(SobolStream(3).uniforms(columns(6), 0, range(512)))
    reference = [qmc.discrepancy(qmc.Sobol(6, rng=k).random(512)) for k in range(8)]
    plain = qmc.discrepancy(PseudoRandomStream(3).uniforms(columns(6), 0, range(512)))
    assert own < 1.3 * max(reference) < 0.1 * plain


def test_sobol_continues_exactly_when_doubled() -> None:
    stream = SobolStream(2)
    parts = [stream.uniforms(columns(5), 0, range(*ends)) for ends in ((0, 512), (512, 1024))]
    whole = stream.uniforms(columns(5), 0, range(1024))
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_a_latin_hypercube_meets_every_stratum() -> None:
    drawn = LatinHypercubeStream(4, 100).uniforms(columns(7), 2, range(100))
    strata = np.sort((drawn * 100).astype(int), axis=0)
    np.testing.assert_array_equal(strata, np.arange(100)[:, None].repeat(7, 1))
    with pytest.raises(SamplingError, match="101 draws of one replicate; at most 100"):
        LatinHypercubeStream(4, 100).uniforms(columns(7), 2, range(101))


def test_numbers_are_the_same_in_every_version() -> None:
    """A run that is replayed next year meets the same futures."""
    rows = range(1000, 1001)
    found = {type(s).__name__: s.uniforms(columns(3), 1, rows)[0].tolist() for s in STREAMS}
    assert found == RECORDED


RECORDED = {
    "SobolStream": [0.8372158874990419, 0.2475662165088579, 0.7713819515192881],
    "PseudoRandomStream": [0.18140167574845523, 0.0633118414098689, 0.18176838538186713],
    "LatinHypercubeStream": [0.5394878932720962, 0.8607482825899205, 0.32942132569261906],
}


def test_too_many_draws_are_refused() -> None:
    with pytest.raises(SamplingError, match="at most 1048576"):
        SobolStream(1).uniforms(columns(1), 0, range(2**20, 2**20 + 1))


def test_columns_beyond_sobol_are_pseudo_random() -> None:
    both = Columns(np.array([5, 30_000, 8191, 8192]), np.arange(4, dtype=np.uint64))
    drawn = SobolStream(1).uniforms(both, 2, range(100, 164))
    plain = PseudoRandomStream(1).uniforms(both, 2, range(100, 164))
    assert (drawn == plain).all(axis=0).tolist() == [False, True, False, True]
    alone = SobolStream(1).uniforms(both[np.array([0, 2])], 2, range(100, 164))
    np.testing.assert_array_equal(drawn[:, [0, 2]], alone)


@each_stream
def test_rows_are_one_after_the_other(stream: Stream) -> None:
    with pytest.raises(SamplingError, match="one after the other"):
        stream.uniforms(columns(1), 0, range(0, 8, 2))


@each_stream
def test_a_new_factor_moves_no_other(stream: Stream) -> None:
    before = Registry().extended([MARKET, CHURN])
    after = before.extended([PRICE, Factor("churn", ("a", "d", "b"), ("2025-12", *MONTHS))])
    for factor in (MARKET, CHURN):
        np.testing.assert_array_equal(
            normals(stream, before.columns(factor), 2, range(64)),
            normals(stream, after.columns(factor), 2, range(64)),
        )
    assert after.size == 1 + 3 * 12 + 2 + (4 * 13 - 3 * 12 - 1)  # c has no December 2025


def test_columns_are_units_by_months() -> None:
    registry = Registry().extended([CHURN, MARKET, PRICE])
    assert registry.numbers(MARKET).tolist() == [[0]]  # shared by all, so first
    assert registry.numbers(PRICE).tolist() == [[1], [2]]
    assert registry.numbers(CHURN).tolist() == np.arange(3, 39).reshape(3, 12).tolist()
    some = Factor("churn", ("c", "a"), ("2026-05",))
    assert registry.numbers(some).tolist() == [[3 + 2 * 12 + 4], [3 + 4]]
    every = [registry.columns(factor) for factor in (CHURN, MARKET, PRICE)]
    assert sorted(Columns.joined(every).numbers.tolist()) == list(range(39))


def test_a_registry_survives_its_record() -> None:
    registry = Registry().extended([CHURN]).extended([MARKET, Factor("churn", ("z",), MONTHS)])
    record = json.loads(json.dumps(registry.to_record()))
    assert Registry.from_record(record) == registry


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ([{"factor": "a", "first": 1, "units": [""], "months": [""]}], "start at 1; 0 was"),
        ([{"factor": "a", "first": 0, "units": "x", "months": [""]}], "has factor, first"),
        ([{"factor": "a", "first": 0, "units": ["x", "x"], "months": [""]}], "names 'x' twice"),
    ],
)
def test_a_broken_record_is_refused(record: list[dict[str, object]], message: str) -> None:
    with pytest.raises(SamplingError, match=message):
        Registry.from_record(record)


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(SamplingError, match="no column of random numbers for churn, unit 'z'"):
        Registry().extended([CHURN]).columns(Factor("churn", ("a", "z"), MONTHS))
    with pytest.raises(SamplingError, match="names 'a' twice"):
        Registry().extended([Factor("churn", ("a", "a"))])


def test_names_do_not_run_together() -> None:
    assert key_of("ab", "c") != key_of("a", "bc")
    assert key_of("churn", "a", "2026-01") == 10922426906553684433


LABELS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True).map(tuple)
FACTORS = st.lists(st.builds(Factor, st.sampled_from("xyz"), LABELS, LABELS), max_size=4)


@settings(max_examples=100, deadline=None)
@given(st.lists(FACTORS, max_size=5))
def test_columns_never_move_and_never_meet(batches: list[list[Factor]]) -> None:
    registry = Registry()
    given_before: dict[Factor, list[list[int]]] = {}
    for batch in batches:
        registry = registry.extended(batch)
        for factor, numbers in given_before.items():
            assert registry.numbers(factor).tolist() == numbers
        given_before |= {factor: registry.numbers(factor).tolist() for factor in batch}
        taken = [number for block in registry.blocks for number in block.numbers.ravel().tolist()]
        assert taken == list(range(registry.size))
    assert Registry.from_record(registry.to_record()) == registry
