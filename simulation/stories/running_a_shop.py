"""What the shop's people and those who run the stack do meanwhile: change settings, switch the shop
off and on, deploy."""

from datetime import timedelta
from typing import Any

from simulation.stories.moments import critical
from simulation.stories.shop import draw_window
from simulation.stories.story import Story


class Keeper:
    def __init__(self, story: Story) -> None:
        self.story, self.draw = story, story.draw

    def plan(self) -> None:
        draw, after = self.draw, self.story.world.after
        if draw.chance(0.06):
            after(draw.hours(0.5, 60), self._other_window)
        if draw.chance(0.04):
            off = critical(draw)
            after(off, lambda: self._put(enabled=False))
            after(off + draw.hours(0.3, 30), lambda: self._put(enabled=True))
        if draw.chance(0.12):
            after(critical(draw), self.story.world.deploy)

    def _other_window(self) -> None:
        self._put(send_window=draw_window(self.draw))

    def _put(self, **changes: Any) -> None:
        shop, world = self.story.shop, self.story.world
        shop.raw |= changes
        world.put_settings(shop.raw)
        self.story.truth.rules.append(shop.rules(world.now + timedelta(0)))
