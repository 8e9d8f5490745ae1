"""Headers of every answer.

HSTS: two years, so that a returning browser never uses plain HTTP. Subdomains are excluded, because
our domain may be a subdomain of the shop's.
"""

ALWAYS = {"strict-transport-security": "max-age=63072000", "x-content-type-options": "nosniff"}
