"""The 10-minute rule and the proofs of hearing, as plain functions (art. 6(6))."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.attendance import (
    Verdict,
    counts_as_coming,
    counts_as_contact,
    verdict,
)
from models.rules.hearing import (
    DATABASE,
    HEARD_FROM,
    PAGES,
    SWEEP,
    Closed,
    Stretch,
    closed_ways,
)
from tests.consultation import GRACE

START = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "came", "contact", "expected"),
    [
        (timedelta(minutes=9, seconds=59, milliseconds=999), False, False, Verdict.WAIT),
        (timedelta(minutes=10), False, False, Verdict.DEEMED_CANCELLED),
        (timedelta(minutes=10), True, False, Verdict.CAME),
        (timedelta(minutes=10), False, True, Verdict.CONTACT),
        (timedelta(minutes=10), True, True, Verdict.CAME),
        (timedelta(minutes=3), False, True, Verdict.WAIT),
    ],
)
def test_the_ten_minute_rule(
    after: timedelta, came: bool, contact: bool, expected: Verdict
) -> None:
    found = verdict(
        START, START + after, GRACE, came=came, contact=contact, is_shut=False, closed=[]
    )
    assert found is expected


@pytest.mark.parametrize(
    ("after", "is_shut", "is_final", "expected"),
    [
        (timedelta(minutes=10), False, True, Verdict.UNHEARD),
        (timedelta(minutes=10), False, False, Verdict.WAIT),
        (timedelta(minutes=10, seconds=59), False, False, Verdict.WAIT),
        (timedelta(minutes=11), False, False, Verdict.UNHEARD),
        (timedelta(minutes=10), True, False, Verdict.SHUT),
        (timedelta(minutes=9), True, True, Verdict.WAIT),
    ],
)
def test_who_could_not_be_heard_is_not_judged(
    after: timedelta, is_shut: bool, is_final: bool, expected: Verdict
) -> None:
    closed = [Closed("line", "401", is_final)]
    found = verdict(
        START, START + after, GRACE, came=False, contact=False, is_shut=is_shut, closed=closed
    )
    assert found is expected


@pytest.mark.parametrize(
    ("minutes", "counts"),
    [(-60.001, False), (-60, True), (0, True), (9.999, True), (10, False), (10.001, False)],
)
def test_what_counts_as_contact(minutes: float, counts: bool) -> None:
    acted_at = START + timedelta(minutes=minutes)
    assert counts_as_contact(START, acted_at, acted_at, timedelta(minutes=60), GRACE) is counts


@pytest.mark.parametrize(("minutes", "counts"), [(-15.001, False), (-15, True), (10, False)])
def test_what_counts_as_coming(minutes: float, counts: bool) -> None:
    acted_at = START + timedelta(minutes=minutes)
    assert counts_as_coming(START, acted_at, acted_at, timedelta(minutes=15), GRACE) is counts


def _shown(way: str, first: timedelta, last: timedelta, *, works: bool = True) -> Stretch:
    return Stretch(way, works, START + first, START + last, "" if works else "seen")


@given(
    st.lists(st.tuples(st.integers(-40, 20), st.integers(0, 30)), max_size=6),
    st.integers(-15 * 60, 10 * 60),
)
def test_an_unproven_moment_is_seen(stretches: list[tuple[int, int]], second: int) -> None:
    proofs = [
        _shown(PAGES, timedelta(minutes=first), timedelta(minutes=first + length))
        for first, length in stretches
    ]
    moment = START + timedelta(seconds=second)
    if not any(proof.start <= moment <= proof.end for proof in proofs):
        found = closed_ways([PAGES], START - HEARD_FROM, START + GRACE, proofs)
        assert [each.way for each in found] == [PAGES]


@given(st.lists(st.integers(1, 1499), unique=True, max_size=5))
def test_proofs_that_follow_each_other_cover(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 1500]
    start, end = START - HEARD_FROM, START + GRACE
    proofs = [
        Stretch(SWEEP, True, start + timedelta(seconds=a), start + timedelta(seconds=b))
        for a, b in pairwise(edges)
    ]
    assert closed_ways([SWEEP], start, end, reversed(proofs)) == []
    assert closed_ways([SWEEP], start, end, proofs[1:])


@given(st.integers(-30 * 60, 30 * 60), st.integers(0, 120), st.sampled_from([PAGES, DATABASE]))
def test_any_fault_in_the_span_is_seen(second: int, length: int, way: str) -> None:
    start, end = START - HEARD_FROM, START + GRACE
    hour = timedelta(hours=1)
    from_ = timedelta(seconds=second)
    fault = _shown(way, from_, from_ + timedelta(seconds=length), works=False)
    found = closed_ways([way], start, end, [_shown(way, -hour, hour), fault])
    assert bool(found) == (fault.start <= end and fault.end >= start)
