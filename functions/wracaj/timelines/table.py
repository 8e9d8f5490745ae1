"""What the Lambdas know of the timelines.

Made from statemachines/*.yaml by `wracaj timeline write`.
digest: 36f8d33e0b59d11c9056ff30220e27f164093d3af8ebfd9545a803d9b490b479
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

TIMINGS: dict[str, dict[str, int | float | str]] = {
    "abandoned_cart": {
        "first_email_after_hours": 3,
        "sms_after_hours": 24,
        "discount_email_after_hours": 24,
        "discount_percent": 10,
        "discount_valid_days": 3,
        "discount_if_unavailable": "send_without",
    },
    "after_purchase": {
        "thank_you_after_hours": 1,
        "invitation_after_days": 3,
        "review_request_after_days": 11,
        "recommendations_after_days": 7,
    },
    "anniversary": {
        "anniversary_email_after_hours": 5,
    },
    "birthday": {
        "birthday_email_after_hours": 5,
    },
    "browse_reminder": {
        "browse_email_after_hours": 20,
    },
    "campaign": {
        "message_after_hours": 0.05,
    },
    "confirm_consent": {
        "message_after_hours": 0.003,
    },
    "data_link": {
        "data_link_email_after_hours": 0.003,
    },
    "high_value_cart": {
        "first_email_after_hours": 6,
        "second_email_after_days": 3,
        "help_email_after_days": 5,
        "discount_email_after_days": 8,
        "final_call_after_days": 5,
        "discount_percent": 5,
        "discount_valid_days": 7,
        "discount_if_unavailable": "send_without",
    },
    "loyalty": {
        "check_after_days": 15,
    },
    "multichannel_rescue": {
        "messenger_after_minutes": 15,
        "email_after_hours": 2,
        "audience_after_hours": 1,
        "sms_after_days": 1,
        "push_after_days": 2,
        "last_push_after_days": 2,
        "leave_audience_after_days": 3,
        "discount_percent": 10,
        "discount_valid_days": 5,
        "discount_if_unavailable": "send_without",
    },
    "points_expiring": {
        "points_email_after_hours": 5,
    },
    "regular_cart": {
        "first_email_after_hours": 6,
        "sms_after_hours": 36,
        "last_email_after_days": 3,
    },
    "welcome": {
        "welcome_email_after_hours": 0.25,
        "welcome_sms_after_hours": 0.25,
        "code_reminder_after_days": 3,
        "discount_percent": 10,
        "discount_valid_days": 14,
        "discount_if_unavailable": "send_without",
    },
    "win_back": {
        "first_email_after_days": 30,
        "second_email_after_days": 30,
        "third_email_after_days": 30,
        "fourth_email_after_days": 30,
        "fifth_email_after_days": 60,
        "second_email_discount_percent": 5,
        "third_email_discount_percent": 10,
        "fourth_email_discount_percent": 10,
        "fifth_email_discount_percent": 15,
        "discount_valid_days": 7,
        "discount_if_unavailable": "send_without",
    },
}
"""The numbers of each, which a shop's settings may replace."""

FIRST_WAITS = {
    "abandoned_cart": "first_email_after_hours",
    "after_purchase": "thank_you_after_hours",
    "anniversary": "anniversary_email_after_hours",
    "birthday": "birthday_email_after_hours",
    "browse_reminder": "browse_email_after_hours",
    "campaign": "message_after_hours",
    "confirm_consent": "message_after_hours",
    "data_link": "data_link_email_after_hours",
    "high_value_cart": "first_email_after_hours",
    "loyalty": "check_after_days",
    "multichannel_rescue": "messenger_after_minutes",
    "points_expiring": "points_email_after_hours",
    "regular_cart": "first_email_after_hours",
    "welcome": "welcome_email_after_hours",
    "win_back": "first_email_after_days",
}
"""The timing that each waits for first."""
