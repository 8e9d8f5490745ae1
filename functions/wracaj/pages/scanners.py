"""Whether a request comes from a program that looks at links, and not from a person who followed
one.

Mail filters, messengers that show a preview, link checkers and browsers that fetch ahead. It
decides what is counted, and nothing else: whoever asks is led on all the same, as a person may use
a program that calls itself anything.
"""

import re
from collections.abc import Mapping

# Names that the programs give themselves, in parts of words; browsers inside of apps (FBAN,
# Instagram) are people's.
NAMES = re.compile(
    # a Cubot is a phone
    r"(?<!cu)bot\b|crawl|spider|scan|preview|prefetch|validator|checker|monitor|"
    r"facebookexternalhit|facebookcatalog|meta-externalagent|whatsapp|slack-imgproxy|embedly|iframely|snippet|"
    r"googleimageproxy|google-safety|google-read-aloud|apis-google|mediapartners-google|yahoomailproxy|feedfetcher|"
    r"barracuda|mimecast|proofpoint|safelinks|messagelabs|symantec|trendmicro|trend"
    r" micro|cloudmark|sophos|fireeye|"
    r"cisco|ironport|zscaler|forcepoint|fortiguard|checkpoint|avanan|vade|hornetsecurity|"
    r"existence discovery|ms-office|microsoft office|office mobile|outlook-|"
    r"headless|phantomjs|puppeteer|playwright|selenium|"
    r"curl/|wget/|python|urllib|aiohttp|httpx|go-http-client|java/|apache-httpclient|libwww|lwp|perl/|ruby/|php/|guzzle|"
    r"axios|node-fetch|undici|got \(|okhttp|winhttp|dispatch/",
    re.IGNORECASE,
)
AHEAD = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)
SAYS_AHEAD = ("sec-purpose", "purpose", "x-purpose", "x-moz")


def is_scanner(method: str, headers: Mapping[str, str]) -> bool:
    """`headers`: names in lower case. Every browser of a person says what it is."""
    name = headers.get("user-agent", "")
    ahead = any(AHEAD.search(headers.get(header, "")) for header in SAYS_AHEAD)
    return method not in {"GET", "POST"} or not name.strip() or ahead or bool(NAMES.search(name))
