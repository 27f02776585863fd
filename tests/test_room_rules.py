"""Rules of rooms and of the witness, over many cases."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules.rooms import Place, Standing, plan
from models.rules.witness import here_since, is_live, minutes_together
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
    leaves = Sighting("a", Seen.LEFT, by_host=False, at=START + timedelta(minutes=2))
    joins = Sighting("a", Seen.JOINED, by_host=False, at=leaves.at)
    assert here_since([joins, leaves, waits], START) == joins
    assert here_since([waits, leaves], START) is None
    assert here_since([waits], START + timedelta(hours=3)) is None
