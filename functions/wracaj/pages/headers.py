"""What every answer says, whoever gets it.

HSTS: two years, so that whoever came once is never led over plain HTTP again. Not for subdomains,
as the domain may be one that a shop lent us a name of.
"""

ALWAYS = {"strict-transport-security": "max-age=63072000", "x-content-type-options": "nosniff"}
