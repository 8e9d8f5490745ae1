"""Abandonment reasons that a shopper can choose from."""

from enum import StrEnum


class AbandonmentReason(StrEnum):
    DELIVERY_COST = "delivery_cost"
    PRICE = "price"
    PAYMENT = "payment"
    TRUST = "trust"
    JUST_LOOKING = "just_looking"
    FOUND_ELSEWHERE = "found_elsewhere"
    TROUBLE = "trouble"
    OTHER = "other"
