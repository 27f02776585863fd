"""Refusing a person the use of the service (arts. 6(6), 12(1)), and ending it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from models.database import Transaction
from models.store import Store
from models.store.erasure import Erasure
from models.store.seekers import Details
from models.vault import Vault, new_data_key
from tests.conftest import MakeWorld
from tests.desk import finds, sends
from tests.talk import DETAILS
from tests.world import World


async def test_a_refused_person_is_told_to_phone_at_any_step(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked()
    await admin.says(f"/find {booking.reference}")
    await admin.taps("利用をお断りする")
    await admin.taps("2月28日")
    await admin.says("3回続けて無断欠席のため")
    await admin.taps("利用をお断りする")
    admin.sees("利用お断り中", "これからの予約があります")
    for words in ("予約", "12/3", "変更"):
        await parent.says(words)
        parent.sees("お電話でご相談ください", "082-542-8609").sees_no("無断")
    await parent.says("キャンセル")  # one's own booking may still be cancelled
    await parent.taps("キャンセルする")
    again = world.parent()  # the same registration number from another chat: staff are asked
    await again.has_settled_everything(registration=parent.registration)
    again.sees("窓口で確認しています")
    await admin.says(f"/find {booking.reference}")
    await admin.taps("お断りを解除する")
    admin.sees("本人の申告")
    await parent.says("予約")
    parent.sees("日をお選びください")
    rows = await world.rows("SELECT what, after FROM audit WHERE what IN ('refuse', 'lift')")
    assert rows == [("refuse", "2027-02-28"), ("lift", "")]


async def test_a_refusal_ends_by_itself(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    await parent.has_settled_everything()
    await finds(world, admin, phone="09012345678")
    await admin.taps("利用をお断りする")
    await admin.taps("2月28日")
    await admin.says("理由")
    await admin.taps("利用をお断りする")
    await world.sleep_until(world.clock() + timedelta(days=91))
    await parent.says("予約")
    parent.sees("相談|日をお選び").sees_no("お電話でご相談ください")


async def test_the_number_of_somebody_refused_is_known_over_a_rotation_of_the_key(
    world: World,
) -> None:
    """Also of somebody whose details are erased: only the fingerprint is left of those. Whoever
    gives it again is put to staff."""
    old, new = new_data_key(), new_data_key()
    details = Details("広島 花子", "ヒロシマ ハナコ", "09012345678", "34010-123456")
    now = world.clock()

    def before(store: Store) -> int:
        contact = store.contacts.add("line", "U1", "ja", now)
        seeker = store.seekers.keep_details(contact.id, details, now)
        store.seekers.refuse(seeker, None, None, now)
        return seeker

    def after(store: Store) -> list[int]:
        contact = store.contacts.add("line", "U2", "ja", now)
        store.seekers.keep_details(contact.id, details, now)
        return store.seekers.with_registration(details.registration)

    async def within(key: str, work: Callable[[Store], Any]) -> Any:
        vault = Vault(key)
        return await world.app.core.database.run(
            lambda tx: work(Store(tx, world.app.core.office, vault))
        )

    refused = await within(old, before)
    await world.app.core.database.run(
        lambda tx: Erasure(tx).erase_person(refused, now, is_refused=True)
    )
    found = await within(f"{new},{old}", after)
    assert refused in found
    assert len(found) == 2


async def test_the_longer_refusal_is_told_and_lifting_one_lifts_no_other(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked()
    for days in (90, 0):
        await admin.taps_data(f"refusefor/1:{booking.job_seeker_id}:{days}")
        await admin.says("理由")
        await admin.taps("利用をお断りする")
    admin.sees("利用お断り中").sees_no("2月28日")
    now, day = world.clock(), world.clock().date()

    def erased(store: Store) -> tuple[int, int]:
        details = Details("山田", "ヤマダ", "0312345678", "13010-111111")
        pair = store.seekers.add(details, now), store.seekers.add(details, now)
        for seeker in pair:
            store.seekers.refuse(seeker, None, None, now)
        return pair

    one, two = await world.store(erased)
    for seeker in (one, two):
        erase = partial(_erase, seeker=seeker, now=now)
        await world.app.core.database.run(erase)
    await world.store(lambda store: store.seekers.lift_refusals(one, now))
    assert await world.store(lambda store: store.seekers.refusal(two, day))


def _erase(tx: Transaction, seeker: int, now: datetime) -> None:
    Erasure(tx).erase_person(seeker, now, is_refused=False)


async def test_why_somebody_is_refused_is_read_on_the_page_only(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel)
    admin, parent = await world.staff(), world.parent()
    await parent.has_settled_everything()
    await finds(world, admin, phone=DETAILS["phone"])
    await admin.taps("利用をお断りする")
    await admin.taps("期限なし")
    await admin.says("職員をどなったため")
    await admin.taps("利用をお断りする")
    admin.sees("利用お断り中").sees_no("どなった")
    await admin.taps("くわしい情報")
    page = await sends(world, admin.link("くわしい情報を開く"))
    assert "利用お断りの理由: 職員をどなったため" in page.text


async def test_a_refused_person_is_told_to_phone_instead_of_asking(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel)
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("駐車場はどこにありますか")
    await world.store(lambda store: store.seekers.refuse(1, None, None, world.clock()))
    await parent.taps_old("この文を窓口に質問として送る")
    parent.sees("お電話でご相談ください")
    for words in ("質問", "控えをなくしました"):
        await parent.says(words)
        parent.sees("お電話でご相談ください")
    assert await world.rows("SELECT * FROM questions") == []
