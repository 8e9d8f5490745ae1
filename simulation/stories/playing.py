"""Plays one story from its seed to its end, and has it judged."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from simulation.judge.judging import judge
from simulation.judge.promises import Violation
from simulation.judge.truth import Who
from simulation.stories.choosing import Choices, Reader
from simulation.stories.drawing import Draw
from simulation.stories.gathering import evidence_of
from simulation.stories.people import draw_shoppers
from simulation.stories.running_a_shop import Keeper
from simulation.stories.shop import DrawnShop, draw_shop
from simulation.stories.shopping import Shopping
from simulation.stories.story import Story
from simulation.stories.telling import Teller
from simulation.stories.worst_moments import WorstMoment
from simulation.world.faults import Away, FaultPlan
from simulation.world.world import World
from wracaj.settings.reading import parse_settings

FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
TROUBLE = timedelta(days=9)  # every service is well again after it
LONGEST = timedelta(days=60)


@dataclass
class Played:
    """What came of one story."""

    number: int
    carts: int
    webhooks: int
    steps: int
    messages: int
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    log: list[str] = field(default_factory=list)


def play(seed: str, number: int, *, faults: bool = True) -> Played:
    draw = Draw(f"{seed}/{number}")
    starts_at = FIRST_DAY + timedelta(seconds=draw.randrange(330 * 86_400))
    shop = draw_shop(draw, starts_at)
    plan = draw_faults(draw, starts_at) if faults else None
    with World(f"{seed}/{number}", shops=[], faults=plan, starts_at=starts_at) as world:
        story, reader = begin(world, shop, draw)
        if not faults:
            story.teller.is_faultless = True
        world.on_left = reader.reads
        world.run(until=starts_at + TROUBLE)
        world.recover()
        world.run(until=starts_at + LONGEST)
        world.recover()
        reader.settle()
        seen = evidence_of(world, reader.visits)
        return Played(
            number=number,
            carts=len(story.truth.cart_ids),
            webhooks=story.teller.count,
            steps=sum(len(one.steps) for one in seen.executions),
            messages=len(seen.messages),
            faults=Counter(world.faults_counted),
            violations=judge(story.truth, seen),
            log=list(world.log),
        )


def draw_faults(draw: Draw, starts_at: datetime) -> FaultPlan:
    """In a quarter of the stories timelines often wake late, by minutes to more than a day. In a
    seventh a service is away when the carts begin, or at a step, for minutes to half a day."""
    plan = FaultPlan.drawn(draw, starts_at, starts_at + TROUBLE)
    if draw.chance(0.25):
        plan = replace(plan, rate=max(plan.rate, 0.05), weights={"woken late": 150})
    if draw.chance(0.15):
        service = draw.any_of(("stepfunctions", "sqs", "dynamodb", "sesv2", "ssm"))
        at = starts_at + draw.one_of({draw.hours(0, 2): 60, draw.hours(3, 6): 40})
        lasts = draw.minutes(5, 150)
        if draw.chance(0.2):  # longer than a step is tried again
            lasts = draw.hours(8, 14)
        away = Away(service, at, at + lasts)
        plan = replace(plan, away=(*plan.away, away))
    return plan


def begin(world: World, shop: DrawnShop, draw: Draw) -> tuple[Story, Reader]:
    settings = parse_settings(shop.raw)
    world.put_settings(shop.raw, secrets=shop.secrets)
    teller = Teller(world, settings, shop.secret, shop.platform.retries, draw)
    if shop.platform.by_page:
        teller.query = {"token": shop.secrets["address_tokens"][0]}
    story = Story(world, shop, teller, draw, draw_shoppers(draw))
    story.truth.rules.append(shop.rules(world.now))
    for shopper in story.shoppers:
        begins = draw.hours(0, 2)
        shopping, choices = Shopping(story, shopper), Choices(story, shopper)
        world.after(begins, shopping.begin)
        world.after(begins, choices.plan)
        if draw.chance(0.25):
            world.after(draw.hours(1, 120), shopping.begin)
        stranger_types(story, shopping)
    Keeper(story).plan()
    reader = Reader(story, draw)
    for _ in range(draw.one_of({0: 45, 1: 35, 2: 20})):
        WorstMoment(story, reader).arm()
    return story, reader


def stranger_types(story: Story, shopping: Shopping) -> None:
    """Somebody types the address of another shopper into a cart of their own."""
    others = [one for one in story.shoppers if one is not shopping.shopper and one.email]
    if others and story.draw.chance(0.25):
        typed = story.draw.any_of(others).who
        if story.shop.platform.name == "shopify":
            who = typed
        else:
            own = shopping.shopper
            account = own.account if story.draw.chance(0.5) else None
            who = Who(account, typed.email, own.phone, None)
        story.world.after(story.draw.hours(0, 60), lambda: shopping.begin(who))
