"""Names of hosts as machines compare them: in lower case, and what is not ASCII in A-labels (IDNA
2008 with UTS 46)."""


def ascii_host(host: str) -> str | None:
    """`Żółw.example` is xn--w-uga1v8h.example. None where no machine could look it up, and for what
    only looks like a name in ASCII: a Kelvin sign for a K, an ideographic full stop."""
    if host.isascii():
        return host.lower()
    import idna  # its tables are too large for the many names that need none of them

    try:
        labels = [
            _a_label(label, idna.encode(label, uts46=True).decode()) for label in host.split(".")
        ]
    except UnicodeError:
        return None
    return ".".join(labels) if all(labels) else None


def _a_label(written: str, encoded: str) -> str:
    return encoded if written.isascii() or encoded.startswith("xn--") else ""
