"""A shopper of the experiment, and what may follow."""

from dataclasses import dataclass

from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.week import PARAPET
from wracaj_cli.demo.year.story import Doing, On

NAME = "does_it_pay"  # of the experiment, in the shop's settings
DAYS = 5  # what people order counts for so long after they enter


@dataclass(frozen=True)
class Participant:
    """`does`: what the shopper does in either arm; a doing may depend on the mails that came.
    `enters`: whether a mail about the cart would be sent, so that the shopper enters."""

    name: str
    story: str
    does: tuple[tuple[On, Doing], ...]
    enters: bool = True
    english: bool = False

    @property
    def persona(self) -> Persona:
        return Persona(self.name, PARAPET, self.story, (), with_phone=False, english=self.english)
