"""What the Lambdas know of the timelines.

Made from statemachines/*.yaml by `wracaj timeline write`.
digest: 3fae8596b7caf7499790ec607b2feb3bc7cd5362b4b7444fe4404377d9cf53f8
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

COURSES: dict[str, dict[str, str]] = {
    "abandoned_cart": {
        "first_email": "first_email_after_hours",
        "sms": "sms_after_hours",
        "discount_email": "discount_email_after_hours",
    },
    "after_purchase": {
        "thank_you": "thank_you_after_hours",
        "programme_invitation": "invitation_after_days",
        "review_request": "review_request_after_days",
        "recommendations": "recommendations_after_days",
    },
    "anniversary": {
        "CHECK": "anniversary_email_after_hours",
    },
    "birthday": {
        "CHECK": "birthday_email_after_hours",
    },
    "browse_reminder": {
        "browse_email": "browse_email_after_hours",
    },
    "campaign": {},
    "confirm_consent": {},
    "data_link": {
        "data_link_email": "data_link_email_after_hours",
    },
    "high_value_cart": {
        "first_email": "first_email_after_hours",
        "second_email": "second_email_after_days",
        "help_email": "help_email_after_days",
        "discount_email": "discount_email_after_days",
        "final_call": "final_call_after_days",
    },
    "loyalty": {
        "CHECK": "check_after_days",
    },
    "multichannel_rescue": {
        "messenger": "messenger_after_minutes",
        "email": "email_after_hours",
        "join_audience": "audience_after_hours",
        "sms": "sms_after_days",
        "push": "push_after_days",
        "last_push": "last_push_after_days",
        "CLOSE": "leave_audience_after_days",
    },
    "points_expiring": {
        "CHECK": "points_email_after_hours",
    },
    "regular_cart": {
        "first_email": "first_email_after_hours",
        "sms": "sms_after_hours",
        "last_email": "last_email_after_days",
    },
    "welcome": {
        "welcome_email": "welcome_email_after_hours",
        "welcome_sms": "welcome_sms_after_hours",
        "code_reminder": "code_reminder_after_days",
    },
    "win_back": {
        "first_email": "first_email_after_days",
        "second_email": "second_email_after_days",
        "third_email": "third_email_after_days",
        "fourth_email": "fourth_email_after_days",
        "fifth_email": "fifth_email_after_days",
    },
}
"""The steps of each in their order, with the timing of the wait before each. CHECK and CLOSE are
no messages. None where the message comes with the start: such a timeline is short."""

VERSIONS = {
    "abandoned_cart": "0e9cc0a3e5bb",
    "after_purchase": "3621cfacf6eb",
    "anniversary": "7b4b78e556ce",
    "birthday": "9bfb878ef1f4",
    "browse_reminder": "b33bc2052bb7",
    "campaign": "415318971d74",
    "confirm_consent": "afba6ecd16e3",
    "data_link": "86ec360fbbdd",
    "high_value_cart": "24d7f5bd2118",
    "loyalty": "fd22e5a7338e",
    "multichannel_rescue": "e4dee376f057",
    "points_expiring": "35238d03b0a5",
    "regular_cart": "0eeebd7a43dc",
    "welcome": "84a7913ec582",
    "win_back": "785bf86325a5",
}
"""What changes with each short file."""
