"""What LINE is sent: checked by the SDK's models, LINE's own description, and its limits."""

import json
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
