"""The timings of the demo's shops. The demo's stories say when each message comes, so its shops
keep these timings, even if statemachines/ has others."""

from collections.abc import Mapping

from wracaj.settings.shop import ShopSettings
from wracaj.settings.values import Timing

NUMBERS: Mapping[str, Mapping[str, Timing]] = {
    "abandoned_cart": {
        "first_email_after_hours": 3,
        "sms_after_hours": 24,
        "discount_email_after_hours": 24,
        "discount_percent": 10,
        "discount_valid_days": 3,
        "discount_if_unavailable": "send_without",
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
    "after_purchase": {
        "thank_you_after_hours": 1,
        "invitation_after_days": 3,
        "review_request_after_days": 11,
        "recommendations_after_days": 7,
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
    "welcome": {
        "welcome_email_after_hours": 0.25,
        "welcome_sms_after_hours": 0.25,
        "code_reminder_after_days": 3,
        "discount_percent": 10,
        "discount_valid_days": 14,
        "discount_if_unavailable": "send_without",
    },
    "loyalty": {
        "check_after_days": 15,
    },
    "birthday": {
        "birthday_email_after_hours": 5,
    },
    "anniversary": {
        "anniversary_email_after_hours": 5,
    },
    "points_expiring": {
        "points_email_after_hours": 5,
    },
}


def with_numbers(settings: ShopSettings) -> ShopSettings:
    own = {name: dict(numbers) for name, numbers in NUMBERS.items()}
    return settings.model_copy(update={"timings": own})
