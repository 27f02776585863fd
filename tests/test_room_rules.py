"""Rules of rooms and of the witness, over many cases."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules.rooms import Place, Standing, plan
from models.rules.witness import (
    here_since,
    is_live,
    may_stay,
    minutes_together,
    stays,
    was_there,
)
from models.sighting import Seen, Sighting

START = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)

places = st.builds(
    Place,
    st.sampled_from(("one", "two")),
    st.sampled_from((START, START + timedelta(days=1))),
    st.just(timedelta(minutes=30)),
)
rooms = st.lists(
    st.builds(Standing, st.sampled_from("abcd"), places), unique_by=lambda each: each.number
)
sightings = st.lists(
    st.builds(
        Sighting,
        st.just("a"),
        st.sampled_from(tuple(Seen)),
        st.booleans(),
        st.integers(-50, 40).map(lambda minutes: START + timedelta(minutes=minutes)),
    ),
    unique=True,
)


@given(st.none() | places, st.none() | st.sampled_from("abcd"), rooms)
def test_one_room_stays_and_every_other_goes(
    wanted: Place | None, known: str | None, standing: list[Standing]
) -> None:
    found = plan(wanted, known, standing)
    numbers = {each.number: each.place for each in standing}
    assert {*numbers} - {found.keep} <= {*found.delete}
    assert found.keep not in found.delete
    if known is not None and known != found.keep:
        assert known in found.delete
    if found.keep is None:
        assert wanted is None or all(each.host != wanted.host for each in numbers.values())
    else:
        assert wanted is not None
        assert numbers[found.keep].host == wanted.host
        assert found.is_changed == (numbers[found.keep] != wanted)
        assert known not in numbers or numbers[known].host != wanted.host or known == found.keep


@given(sightings, st.randoms(use_true_random=False))
def test_the_order_in_which_they_come_does_not_matter(
    seen: list[Sighting], dice: random.Random
) -> None:
    other = [*seen]
    dice.shuffle(other)
    end = START + timedelta(minutes=10)
    assert is_live(seen, START, end) == is_live(other, START, end)
    assert minutes_together(seen, START) == minutes_together(other, START)


def test_who_waited_and_was_let_in_is_here() -> None:
    waits = Sighting("a", Seen.WAITING, by_host=False, at=START)
    moves = Sighting("a", Seen.LEFT_WAITING, by_host=False, at=START + timedelta(minutes=2))
    joins = Sighting("a", Seen.JOINED, by_host=False, at=moves.at)
    assert here_since([joins, moves, waits], START) == replace(joins, at=waits.at)
    assert here_since([waits, moves], START) is None
    assert here_since([waits], START + timedelta(days=1)) is None


def test_who_goes_has_been_there_until_then() -> None:
    early, end = START - timedelta(minutes=15), START + timedelta(minutes=10)
    left = Sighting("a", Seen.LEFT, by_host=False, at=START + timedelta(minutes=5))
    assert was_there([left], early, end)
    assert not was_there([replace(left, at=early - timedelta(minutes=1))], early, end)
    assert not was_there([replace(left, by_host=True)], early, end)


def test_people_are_counted() -> None:
    end = START + timedelta(minutes=10)

    def seen(*each: Seen) -> list[Sighting]:
        first = START - timedelta(minutes=40)
        return [
            Sighting("a", what, by_host=False, at=first + timedelta(minutes=n))
            for n, what in enumerate(each)
        ]

    one_of_two_left = seen(Seen.JOINED, Seen.JOINED, Seen.LEFT)
    assert stays(one_of_two_left, START, end)
    left = seen(Seen.WAITING, Seen.LEFT_WAITING, Seen.JOINED, Seen.LEFT)
    assert not stays(left, START, end)
    assert not may_stay(left, START, end)
    let_in_or_gone = seen(Seen.WAITING, Seen.LEFT_WAITING)
    assert not stays(let_in_or_gone, START, end)
    assert may_stay(let_in_or_gone, START, end)


@given(sightings)
def test_who_certainly_stays_may_stay(seen: list[Sighting]) -> None:
    end = START + timedelta(minutes=10)
    assert may_stay(seen, START, end) or not stays(seen, START, end)
