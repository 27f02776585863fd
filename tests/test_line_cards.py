"""What LINE is sent: checked by the SDK's models, LINE's own description, and its limits."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from linebot.v3.messaging.models import FlexMessage, PushMessageRequest, TextMessage

from bot.channels.line import cards
from bot.sandbox import line_limits
from models.chat import Button, Group, Link, Message, Points
from tests.conftest import MakeWorld
from tests.world import World

CONTRACT = (
    Path(__file__).parent.parent.parent / "shared" / "contracts" / "line" / "messaging-api.yml"
)

FULL = Message(
    title="題",
    text="文\n" * 50,
    facts=(("日時", "12月1日"), ("場所", "Zoom")),
    groups=(
        Group(
            (Button("押す", "menu/1", primary=True), Link("開く", "https://x.test/", primary=True))
        ),
        Group(tuple(Button(f"{n}:00", f"time/1:{n}") for n in range(36)), "午前", columns=3),
        Group((Link("電話", "tel:0825428609"),)),
    ),
    shortcuts=tuple(Button("長い名前のボタン" * 9, "menu/1") for _ in range(20)),
)


async def every_message(make_world: MakeWorld) -> list[dict[str, Any]]:
    """All that a parent's whole life brings to the phone, in both languages."""
    world: World = await make_world("line", counselors=2)
    for language in ("ja", "en"):
        parent = world.parent(language=language)
        await parent.follows()
        for data in ("help/1", "office/1", "menu/1", "notnow/1", "text/1:1:0", "item/1:e:child"):
            await parent.taps_data(data)
        await parent.taps_data("agree/1:1")
        await parent.taps_data("no/1:v:safe")
        await parent.taps("準備できました|It applies now")
        await parent.taps_data("withdraw/1")
        await parent.taps_data("all/1:e")
        await parent.taps_data("all/1:v")
        await parent.fills_form()
        await parent.taps_data("next/1")
        await parent.taps_data("days/1:consultation:0")
        await parent.taps("free|空き")
        await parent.taps(r"\d:\d\d")
        for label in ("Someone comes|同席者", "interpreter|通訳", "Book it|この内容で"):
            await parent.taps(label)
        booking = (await world.bookings())[-1]
        for verb in ("show", "cancel", "company"):
            await parent.taps_data(f"{verb}/1:{booking.id}")
        await parent.taps_data(f"move/1:{booking.id}:0")
        await parent.taps("free|空き")
        await world.play_to(booking.starts_at)
        for data in (f"show/1:{booking.id}", f"late/1:{booking.id}", f"here/1:{booking.id}"):
            await parent.taps_data(data)
        await world.play(hours=1)
    return [message for accepted in world.line.ledger for message in accepted.messages]


async def test_everything_fits_the_sdks_models(make_world: MakeWorld) -> None:
    messages = await every_message(make_world)
    assert len(messages) > 50
    for message in messages:
        model = TextMessage if message["type"] == "text" else FlexMessage
        read = model.from_dict(message)
        assert _without_nothing(json.loads(read.to_json())) == _without_nothing(message)


@pytest.mark.skipif(not CONTRACT.exists(), reason="LINE's description is not beside the checkout")
async def test_everything_fits_lines_own_description(make_world: MakeWorld) -> None:
    schemas = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))["components"]["schemas"]
    for message in await every_message(make_world):
        _fits(message, "Message", schemas)


def test_limits_hold_for_the_fullest_card() -> None:
    drawn = cards.draw([FULL])
    assert line_limits.problems(drawn) == []
    assert len(drawn[0]["quickReply"]["items"]) == 13
    PushMessageRequest.from_dict({"to": "U1", "messages": drawn})


def test_quick_replies_stand_on_the_last_message() -> None:
    drawn = cards.draw([FULL, Message(text="x")])
    assert "quickReply" not in drawn[0]
    assert "quickReply" in drawn[1]


def test_alt_text_tells_what_the_card_tells() -> None:
    said = Message(
        title="予約しました",
        headline="12月1日 10:00",
        text="お待ちしています。",
        points=Points(("静かな部屋",), "ご準備"),
        facts=(("相談員", "佐藤"),),
    )
    (drawn,) = cards.draw([said])
    assert drawn["altText"].splitlines() == [
        "予約しました",
        "12月1日 10:00",
        "お待ちしています。",
        "相談員 佐藤",
        "静かな部屋",
    ]


def test_clipping_counts_as_line_counts() -> None:
    assert cards.clip("👩" * 10, 20) == "👩" * 10
    assert cards.clip("👩" * 11, 20) == "👩" * 9 + "…"
    assert line_limits.units(cards.clip("a👩" * 11, 20)) <= 20


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ([], "messages"),
        ([{"type": "text", "text": "x"}] * 6, "messages"),
        ([{"type": "text", "text": "x" * 5001}], "messages[0]/text"),
        ([{"type": "text", "text": ""}], "messages[0]/text"),
        ([{"type": "dance"}], "messages[0]/type"),
        ([{"type": "flex", "altText": "", "contents": {"type": "bubble"}}], "messages[0]/altText"),
    ],
)
def test_the_sandbox_refuses_what_line_refuses(wrong: list[Any], place: str) -> None:
    assert place in [found for found, _ in line_limits.problems(wrong)]


def _without_nothing(part: Any) -> Any:
    if isinstance(part, dict):
        return {k: _without_nothing(v) for k, v in part.items() if v is not None}
    return [_without_nothing(each) for each in part] if isinstance(part, list) else part


def _fits(value: Any, name: str, schemas: dict[str, Any]) -> None:
    """Required and known properties, enums and kinds, with discriminators followed by hand."""
    schema = schemas[name]
    mapping = schema.get("discriminator", {}).get("mapping")
    if mapping and isinstance(value, dict):
        target = mapping[value[schema["discriminator"]["propertyName"]]].rpartition("/")[2]
        if target != name:
            _fits(value, target, schemas)
            return
    properties: dict[str, Any] = {}
    required: list[str] = []
    for part in [schema, *schema.get("allOf", [])]:
        if "$ref" in part:
            part = schemas[part["$ref"].rpartition("/")[2]]
        properties |= part.get("properties", {})
        required += part.get("required", [])
    if not isinstance(value, dict):
        assert value in schema["enum"], (name, value)
        return
    assert set(required) <= set(value), (name, required, value)
    assert set(value) <= set(properties), (name, set(value) - set(properties))
    for key, inner in value.items():
        _fits_property(inner, properties[key], schemas)


def _fits_property(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    if "$ref" in schema:
        _fits(value, schema["$ref"].rpartition("/")[2], schemas)
    elif schema.get("type") == "array":
        for each in value:
            _fits_property(each, schema["items"], schemas)
    else:
        kinds: dict[str, Any] = {
            "string": str,
            "integer": int,
            "boolean": bool,
            "number": (int, float),
        }
        kind = kinds.get(schema.get("type", ""))
        assert kind is None or isinstance(value, kind), (schema, value)
        assert "enum" not in schema or value in schema["enum"], (schema, value)


def test_every_card_grows_with_the_phones_letters_and_keeps_labels_on_their_line() -> None:
    (drawn,) = cards.draw([FULL])
    parts = list(_parts(drawn["contents"]))
    assert all(part["scaling"] for part in parts if part["type"] in ("text", "button"))
    buttons = [part for part in parts if part["type"] == "button"]
    assert all(part["adjustMode"] == "shrink-to-fit" for part in buttons)
    assert all(part["height"] == "md" for part in buttons)  # 52 px; "sm" has 40


def test_what_stands_on_a_card_can_be_read_in_every_theme() -> None:
    """WCAG's contrast of 4.5 to 1; every colour is given, so that a theme changes none."""
    (drawn,) = cards.draw([FULL])
    paper = drawn["contents"]["styles"]["body"]["backgroundColor"]
    inks = {part["color"] for part in _parts(drawn["contents"]) if "color" in part}
    assert len(inks) >= 3
    for ink in inks:
        assert _contrast(ink, paper) >= 4.5, ink


def _contrast(one: str, other: str) -> float:
    lights = sorted(_luminance(each) for each in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    values = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, list):
        for each in part:
            yield from _parts(each)
    elif isinstance(part, dict):
        if "type" in part:
            yield part
        for value in part.values():
            yield from _parts(value)


async def test_the_primary_button_is_what_can_be_done_now(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    booking = await parent.has_booked()
    await parent.says("予約の確認")
    assert "相談に入る" not in _primary(world)
    await world.play_to(booking.starts_at - timedelta(minutes=5))
    await parent.says("予約の確認")
    assert _primary(world) == ["相談に入る"]


def _primary(world: World) -> list[str]:
    """The labels of the primary buttons of the newest card."""
    newest = world.line.ledger[-1].messages[-1]
    return [
        part["action"]["label"]
        for part in _parts(newest)
        if part["type"] == "button" and part["style"] == "primary"
    ]
