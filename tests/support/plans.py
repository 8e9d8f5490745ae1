"""The expected content of each timeline, written independently of its file."""

from dataclasses import dataclass

END = ("Close the timeline", "Timeline ended")


@dataclass(frozen=True)
class Message:
    noun: str
    """The message in the names of its states."""
    step: str
    template: str | None
    after: str
    """The name of its number in Timings."""
    percent: str | None = None
    channel: str = "email"
    repeats_code: bool = False
    content: str | None = None
    audience: str | None = None

    @property
    def wait(self) -> str:
        return f"Wait for {self.noun}"

    @property
    def task(self) -> str:
        return f"{self.noun[0].upper()}{self.noun[1:]}, unless ordered"

    @property
    def hold(self) -> str:
        return f"Hold {self.noun}"


@dataclass(frozen=True)
class Plan:
    timeline: str
    messages: tuple[Message, ...]
    hurry: float = 1
    """The factor by which its days are shorter in tests."""
    before_the_end: tuple[str, ...] = ()
    """States between the last message and the close."""

    @property
    def steps(self) -> list[str]:
        return [message.step for message in self.messages]

    @property
    def everything(self) -> list[str]:
        """The states of an execution in which the shopper gets every message."""
        passed = ["Timings"]
        for message in self.messages:
            passed += [message.wait, message.task, self.choice(message)]
        return [*passed, *self.before_the_end, *END]

    def choice(self, message: Message) -> str:
        following = self.messages[self.messages.index(message) + 1 :]
        return f"Ordered before the {following[0].noun if following else 'end'}?"


def _win_back(number: str, template: str = "win_back_offer") -> Message:
    percent = f"{number}_email_discount_percent" if template == "win_back_offer" else None
    return Message(
        f"{number} e-mail", f"{number}_email", template, f"{number}_email_after_days", percent
    )


ABANDONED_CART = Plan(
    "abandoned_cart",
    (
        Message("first e-mail", "first_email", "cart_reminder", "first_email_after_hours"),
        Message("SMS", "sms", "cart_sms", "sms_after_hours", channel="sms"),
        Message(
            "discount e-mail",
            "discount_email",
            "cart_discount",
            "discount_email_after_hours",
            "discount_percent",
        ),
    ),
)
PLANS = (
    ABANDONED_CART,
    Plan(
        "high_value_cart",
        (
            Message("first e-mail", "first_email", "high_value_saved", "first_email_after_hours"),
            Message(
                "second e-mail", "second_email", "high_value_thinking", "second_email_after_days"
            ),
            Message("help e-mail", "help_email", "high_value_help", "help_email_after_days"),
            Message(
                "discount e-mail",
                "discount_email",
                "high_value_discount",
                "discount_email_after_days",
                "discount_percent",
            ),
            Message(
                "final call",
                "final_call",
                "high_value_final_call",
                "final_call_after_days",
                repeats_code=True,
            ),
        ),
        hurry=7,
    ),
    Plan(
        "regular_cart",
        (
            Message("first e-mail", "first_email", "regular_reminder", "first_email_after_hours"),
            Message("SMS", "sms", "regular_sms", "sms_after_hours", channel="sms"),
            Message("last e-mail", "last_email", "regular_last", "last_email_after_days"),
        ),
        hurry=3,
    ),
    Plan(
        "multichannel_rescue",
        (
            Message(
                "Messenger message",
                "messenger",
                "cart_messenger",
                "messenger_after_minutes",
                channel="messenger",
            ),
            Message("e-mail", "email", "cart_reminder", "email_after_hours"),
            Message(
                "audience",
                "join_audience",
                None,
                "audience_after_hours",
                channel="audience",
                audience="cart_rescue",
            ),
            Message("SMS", "sms", "cart_sms", "sms_after_days", "discount_percent", channel="sms"),
            Message(
                "web push",
                "push",
                "cart_push",
                "push_after_days",
                channel="web_push",
                repeats_code=True,
            ),
            Message(
                "last web push",
                "last_push",
                "cart_push_last",
                "last_push_after_days",
                channel="web_push",
                repeats_code=True,
            ),
        ),
        hurry=3,
        before_the_end=("Wait before the close",),
    ),
    Plan(
        "after_purchase",
        (
            Message("thank-you", "thank_you", "thank_you", "thank_you_after_hours"),
            Message(
                "programme invitation",
                "programme_invitation",
                "programme_invitation",
                "invitation_after_days",
                content="invitation",
            ),
            Message(
                "review request", "review_request", "review_request", "review_request_after_days"
            ),
            Message(
                "recommendations",
                "recommendations",
                "recommendations",
                "recommendations_after_days",
                content="recommendations",
            ),
        ),
        hurry=7,
    ),
    Plan(
        "win_back",
        (
            _win_back("first", "win_back"),
            *(_win_back(number) for number in ("second", "third", "fourth", "fifth")),
        ),
        hurry=30,
    ),
    Plan(
        "welcome",
        (
            Message(
                "welcome e-mail",
                "welcome_email",
                "welcome",
                "welcome_email_after_hours",
                "discount_percent",
            ),
            Message(
                "welcome SMS",
                "welcome_sms",
                "welcome_sms",
                "welcome_sms_after_hours",
                "discount_percent",
                channel="sms",
            ),
            Message(
                "code reminder",
                "code_reminder",
                "welcome_reminder",
                "code_reminder_after_days",
                "discount_percent",
            ),
        ),
        hurry=3,
    ),
    Plan(
        "browse_reminder",
        (Message("e-mail", "browse_email", "browse_reminder", "browse_email_after_hours"),),
    ),
    Plan(
        "confirm_consent",
        (Message("message", "winter_2026", "campaign_season", "message_after_hours"),),
    ),
    Plan(
        "data_link",
        (Message("e-mail", "data_link_email", "data_link", "data_link_email_after_hours"),),
    ),
    Plan(
        "campaign", (Message("message", "winter_2026", "campaign_season", "message_after_hours"),)
    ),
)


@dataclass(frozen=True)
class Asking:
    """A timeline that calls loyalty_check and sends the one message that the answer names, or
    none."""

    timeline: str
    after: str
    """The name, in Timings, of the wait before the question."""
    wait: str
    question: str
    branch: str
    messages: tuple[tuple[str, str, str], ...]
    """(answer, the Task's state, the step's name)"""
    hurry: float = 1

    @property
    def asked(self) -> list[str]:
        return ["Timings", self.wait, self.question, self.branch]


ASKING = (
    Asking(
        "loyalty",
        "check_after_days",
        "Wait for the check",
        "What has been reached?",
        "A reward, a nudge, or nothing?",
        (("reward", "Reward", "reward"), ("nudge", "Nudge", "nudge")),
        hurry=15,
    ),
    Asking(
        "birthday",
        "birthday_email_after_hours",
        "Wait for the morning",
        "Is there a gift?",
        "A gift, or nothing?",
        (("reward", "Birthday e-mail", "birthday_email"),),
    ),
    Asking(
        "anniversary",
        "anniversary_email_after_hours",
        "Wait for the morning",
        "Is there a gift?",
        "A gift, or nothing?",
        (("reward", "Anniversary e-mail", "anniversary_email"),),
    ),
    Asking(
        "points_expiring",
        "points_email_after_hours",
        "Wait for the morning",
        "Are there points still?",
        "Points to announce, or none?",
        (("expiring", "Points e-mail", "points_email"),),
    ),
)
