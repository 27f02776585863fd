"""The device check: tried in the browser, noted for staff, and nothing leaves the phone."""

import pytest

from models.device import DevicePart
from tests.consultation import before_the_window
from tests.world import World

EVERYTHING = {str(part): "yes" for part in DevicePart}


async def test_the_confirmation_and_the_reminder_lead_to_it(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    link = parent.link("カメラとマイクを確かめる")
    assert link.split("?")[0] == world.app.core.links.device(booking)
    await world.play_to(booking.starts_at.replace(hour=0))
    parent.looks().sees("カメラとマイクを確かめる", "Zoomを試す")


async def test_staff_see_what_was_found(world: World) -> None:
    staff = await world.staff()
    _, booking = await before_the_window(world)
    page = world.app.core.links.device(booking)
    shown = await world.web.get(page)
    assert "camera=(self)" in shown.headers["permissions-policy"]
    done = await world.web.post(page, data={**EVERYTHING, "microphone": "no", "speaker": ""})
    assert "まだ使えないものがあります" in done.text
    assert "ミュート" in done.text
    await staff.taps_data(f"booking/1:{booking.id}")
    staff.sees("使えないもの：マイク", "試していないもの：音").sees_no("使えないもの：マイク・")
    done = await world.web.post(page, data=EVERYTHING)
    assert "準備ができました" in done.text
    await staff.taps_data(f"booking/1:{booking.id}")
    staff.sees("準備ができています").sees_no("使えないもの")


async def test_what_is_sent_is_nothing_but_what_worked(world: World) -> None:
    _, booking = await before_the_window(world)
    page = world.app.core.links.device(booking)
    await world.web.post(page, data={**EVERYTHING, "camera": "data:image/png;base64,AAAA"})
    (row,) = await world.rows("SELECT camera, microphone FROM device_checks")
    assert (row[0], bool(row[1])) == (None, True)


@pytest.mark.parametrize("token", ["x", "AAAAAAAAAAAAAAAA", "%00"])
async def test_a_strangers_link_opens_nothing(world: World, token: str) -> None:
    for path in (f"/device/{token}", f"/device/{token}/probe"):
        assert (await world.web.get(path)).status_code == 404


async def test_it_is_of_no_use_after_the_consultation(world: World) -> None:
    _, booking = await before_the_window(world)
    page = world.app.core.links.device(booking)
    assert (await world.web.get(f"{page}/probe")).status_code == 200
    await world.play_to(booking.ends_at)
    assert (await world.web.get(page)).status_code == 404
    assert (await world.web.post(page, data=EVERYTHING)).status_code == 404
    assert (
        await world.web.post(page, data=EVERYTHING, headers={"Origin": "https://elsewhere.test"})
    ).status_code == 403


async def test_no_other_page_has_a_script_or_may_use_the_camera(world: World) -> None:
    _, booking = await before_the_window(world)
    page = await world.web.get(world.app.core.links.join(booking))
    assert "script-src" not in page.headers["content-security-policy"]
    assert "camera=()" in page.headers["permissions-policy"]
