"""Web push (RFC 8030), encrypted by RFC 8291 and signed by RFC 8292. Imports `cryptography`."""

import json
import re

from wracaj.aws import clients
from wracaj.aws.observability import count, logger
from wracaj.channels import OutgoingMessage
from wracaj.clock import real_now
from wracaj.consent.consent import address_hash_of
from wracaj.errors import AddressGoneError, NotTakenError, OutcomeUnknownError, RefusedError
from wracaj.outgoing.http import Answer, exchange
from wracaj.settings.web_push import WebPushSettings
from wracaj.text.wording import shorten
from wracaj.web_push.encryption import MOST_BYTES, authorization, encrypted
from wracaj.web_push.subscription import Subscription, leads_to_push_service

TAKEN = {201, 202}
GONE = {404, 410}
LATER = {408, 425, 429, 503}  # the push service says that it did not take the message
# our signature is not accepted, or the subscription was made with another key
OURS_TO_MEND = {401, 403}


def send(message: OutgoingMessage) -> str:
    settings, key = message.shop.settings.web_push, message.shop.secrets.vapid_private_key
    if settings is None or key is None:
        raise NotTakenError(
            "this shop has no key for web push; `wracaj shop put` its settings with a section"
            " web_push"
        )
    subscription = _subscription(message.to)
    headers = {
        "TTL": str(settings.ttl_hours * 3600),
        "Urgency": "normal",
        # a newer message about the same cart replaces one that is still waiting
        "Topic": message.about,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Authorization": authorization(subscription.endpoint, key, settings.contact, real_now()),
    }
    body = encrypted(payload(message, settings), subscription)
    return _told_apart(
        exchange("POST", subscription.endpoint, headers, body, clients.SECONDS_TO_SEND)
    )


def payload(message: OutgoingMessage, settings: WebPushSettings) -> bytes:
    """The JSON that storefront/wracaj-sw.js shows. A text that is too long for a push is cut at its
    end."""
    title, text = message.rendered.subject, message.rendered.text
    while len(raw := _json(message, settings, title, text)) > MOST_BYTES:
        if len(text) < 2:
            raise RefusedError("the links alone are too long for a push")
        text = shorten(text, len(text) * 9 // 10)
    return raw


def _json(message: OutgoingMessage, settings: WebPushSettings, title: str, text: str) -> bytes:
    told = {
        "title": title,
        "body": text,
        "url": message.recovery_link,
        "settings": message.preferences_link or message.unsubscribe_link,
        "tag": message.about,
        "lang": message.locale,
        "icon": settings.icon_url or message.shop.settings.logo_url,
        "badge": settings.badge_url,
    }
    known = {name: value for name, value in told.items() if value}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode()


def _subscription(line: str) -> Subscription:
    """The stored subscription. It is checked again, because the rules may be stricter by now."""
    try:
        subscription = Subscription.model_validate_json(line)
    except ValueError:  # its text contains the address
        raise RefusedError("this is no subscription of a push service that we know") from None
    if not leads_to_push_service(subscription.endpoint):
        raise RefusedError("loopback is no push service")
    return subscription


def _told_apart(answer: Answer) -> str:
    status = answer.status
    if status in TAKEN:
        return _name(answer)
    if status in GONE:
        raise AddressGoneError(f"push service: {status}")
    if status in LATER:
        raise NotTakenError(
            f"push service: {status}", retry_after_seconds=answer.retry_after_seconds
        )
    if status in OURS_TO_MEND:
        logger.error(
            "push service does not accept our key", extra={"status": status, "why": _why(answer)}
        )
        count("PushKeyRefused")
    if 300 <= status < 500:
        raise RefusedError(f"push service: {status} {_why(answer)}".strip())
    raise OutcomeUnknownError(f"push service: {status}")


def _name(answer: Answer) -> str:
    """The push service's id of the message. Its full address is not kept: whoever has it can delete
    the message."""
    location = answer.headers.get("location", "")
    name = location.rstrip("/").rpartition("/")[2]
    return (
        name
        if re.fullmatch(r"[A-Za-z0-9._~-]{1,40}", name)
        else address_hash_of(location or answer.headers.get("date") or "taken")
    )


def _why(answer: Answer) -> str:
    """The error code only, such as Apple's {"reason": "BadJwtToken"} or Mozilla's {"errno": 109}.
    An error's text may contain the address."""
    try:
        told = json.loads(answer.body)
    except ValueError:
        return ""
    reason = str(told.get("reason") or told.get("errno") or "") if isinstance(told, dict) else ""
    return reason if re.fullmatch(r"[A-Za-z0-9]{1,40}", reason) else ""
