"""Whether a request comes from a program that checks links, and not from a person.

Such programs are mail filters, messengers with link previews, link checkers, and browsers that
prefetch. The result decides only whether a click is counted. Every request gets the same answer,
because a person's program may have any name.
"""

import re
from collections.abc import Mapping

# Parts of the names that such programs send. Browsers inside apps (FBAN, Instagram) belong to
# people.
NAMES = re.compile(
    # Cubot is a brand of phones
    r"(?<!cu)bot\b|crawl|spider|scan|preview|prefetch|validator|checker|monitor|"
    r"facebookexternalhit|facebookcatalog|meta-externalagent|whatsapp|slack-imgproxy|"
    r"embedly|iframely|snippet|"
    r"googleimageproxy|google-safety|google-read-aloud|apis-google|mediapartners-google|"
    r"yahoomailproxy|feedfetcher|"
    r"barracuda|mimecast|proofpoint|safelinks|messagelabs|symantec|trendmicro|trend"
    r" micro|cloudmark|sophos|fireeye|"
    r"cisco|ironport|zscaler|forcepoint|fortiguard|checkpoint|avanan|vade|hornetsecurity|"
    r"existence discovery|ms-office|microsoft office|office mobile|outlook-|"
    r"headless|phantomjs|puppeteer|playwright|selenium|"
    r"curl/|wget/|python|urllib|aiohttp|httpx|go-http-client|"
    r"java/|apache-httpclient|libwww|lwp|perl/|ruby/|php/|guzzle|"
    r"axios|node-fetch|undici|got \(|okhttp|winhttp|dispatch/",
    re.IGNORECASE,
)
AHEAD = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)
SAYS_AHEAD = ("sec-purpose", "purpose", "x-purpose", "x-moz")


def is_scanner(method: str, headers: Mapping[str, str]) -> bool:
    """`headers` has names in lower case. A request without a User-Agent is a program's: every
    person's browser sends one."""
    name = headers.get("user-agent", "")
    ahead = any(AHEAD.search(headers.get(header, "")) for header in SAYS_AHEAD)
    return method not in {"GET", "POST"} or not name.strip() or ahead or bool(NAMES.search(name))
