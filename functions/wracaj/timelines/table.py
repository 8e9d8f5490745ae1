"""What the Lambdas know of the timelines.

Made from statemachines/*.yaml by `wracaj timeline write`.
digest: ddee8798a9e80eca7cbbd11e5512e282efaaaea21235cfb6c7a3feb37a2361a3
"""

ENDS_WITH_ORDER = frozenset(
    {
        "abandoned_cart",
        "after_purchase",
        "browse_reminder",
        "high_value_cart",
        "multichannel_rescue",
        "regular_cart",
        "welcome",
        "win_back",
    }
)
"""The timelines that a later order of the shopper ends."""

TIMINGS: dict[str, tuple[str, ...]] = {
    "abandoned_cart": (
        "first_email_after_hours",
        "sms_after_hours",
        "discount_email_after_hours",
        "discount_percent",
        "discount_valid_days",
        "discount_if_unavailable",
    ),
    "after_purchase": (
        "thank_you_after_hours",
        "invitation_after_days",
        "review_request_after_days",
        "recommendations_after_days",
    ),
    "anniversary": ("anniversary_email_after_hours",),
    "birthday": ("birthday_email_after_hours",),
    "browse_reminder": ("browse_email_after_hours",),
    "campaign": ("message_after_hours",),
    "confirm_consent": ("message_after_hours",),
    "data_link": ("data_link_email_after_hours",),
    "high_value_cart": (
        "first_email_after_hours",
        "second_email_after_days",
        "help_email_after_days",
        "discount_email_after_days",
        "final_call_after_days",
        "discount_percent",
        "discount_valid_days",
        "discount_if_unavailable",
    ),
    "loyalty": ("check_after_days",),
    "multichannel_rescue": (
        "messenger_after_minutes",
        "email_after_hours",
        "audience_after_hours",
        "sms_after_days",
        "push_after_days",
        "last_push_after_days",
        "leave_audience_after_days",
        "discount_percent",
        "discount_valid_days",
        "discount_if_unavailable",
    ),
    "points_expiring": ("points_email_after_hours",),
    "regular_cart": (
        "first_email_after_hours",
        "sms_after_hours",
        "last_email_after_days",
    ),
    "welcome": (
        "welcome_email_after_hours",
        "welcome_sms_after_hours",
        "code_reminder_after_days",
        "discount_percent",
        "discount_valid_days",
        "discount_if_unavailable",
    ),
    "win_back": (
        "first_email_after_days",
        "second_email_after_days",
        "third_email_after_days",
        "fourth_email_after_days",
        "fifth_email_after_days",
        "second_email_discount_percent",
        "third_email_discount_percent",
        "fourth_email_discount_percent",
        "fifth_email_discount_percent",
        "discount_valid_days",
        "discount_if_unavailable",
    ),
}
"""The numbers of each, which a shop's settings may replace."""
