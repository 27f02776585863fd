"""Frequent questions have answers, and below each stays the way to a person."""

import pytest

from models.topic import Topic
from models.understanding.reading import read
from tests.conftest import MakeWorld
from tests.corpus import TODAY
from tests.world import World


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("相談ってお金かかりますか", "相談は無料です"),
        ("何分くらいかかりますか?", "1回30分まで"),
        ("何を準備したらいいですか", "カメラ付きの"),
        ("子どもが横にいても大丈夫ですか", "お子さんがそばにいても大丈夫"),
        ("カメラはつけないとだめですか", "Zoom"),
        ("人と話したいです", "082-542-8609"),
        ("窓口は何時から開いてますか", "8:30〜17:15"),
    ],
)
async def test_a_frequent_question_is_answered_and_can_be_sent(
    world: World, typed: str, answer: str
) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.says(typed)
    parent.sees(answer, "窓口に質問として送る")
    await parent.taps("窓口に質問として送る")
    assert len(await world.rows("SELECT * FROM questions")) == 1


async def test_an_office_answers_in_its_own_words(make_world: MakeWorld, channel: str) -> None:
    faq = {Topic.CHILDREN: {"ja": "キッズスペースもあります。", "en": "We have a play corner."}}
    world: World = await make_world(channel, faq=faq)
    parent = world.parent()
    await parent.follows()
    await parent.says("子どもが隣にいても大丈夫でしょうか")
    parent.sees("キッズスペースもあります")
    foreign = world.parent(language="en")
    await foreign.follows()
    await foreign.says("can my baby be with me?")
    foreign.sees("We have a play corner")


@pytest.mark.parametrize(
    ("typed", "topic"),
    [
        ("is it free?", Topic.COST),
        ("how long does it take", Topic.LENGTH),
        ("取消的话要收费吗", Topic.COST),
        ("一次要多长时间", Topic.LENGTH),
        ("孩子在旁边可以吗", Topic.CHILDREN),
        ("mất tiền không", Topic.COST),
        ("tư vấn bao lâu ạ", Topic.LENGTH),
        ("é de graça?", Topic.COST),
        ("quanto tempo demora?", Topic.LENGTH),
        ("magkano po", Topic.COST),
        ("gaano po katagal ang consultation", Topic.LENGTH),
        ("扶養内で働ける仕事はありますか", None),
    ],
)
def test_the_topic_of_a_question(typed: str, topic: Topic | None) -> None:
    assert read(typed, TODAY).topic is topic
