"""The security headers that the pages and both APIs send with every answer."""

import base64
import hashlib
import re

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# An answer of an API is data. A browser that is made to show it as a page runs and loads nothing.
FOR_DATA = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
YEAR_SECONDS = 365 * 24 * 3600


def only_over_tls(public_url: str | None) -> dict[str, str]:
    """Returns the header that makes browsers use https for this name for a year; nothing if the desk's public address
    is not https."""
    is_tls = (public_url or "").startswith("https:")
    return {"Strict-Transport-Security": f"max-age={YEAR_SECONDS}"} if is_tls else {}


def inline_script_hashes(page: str) -> str:
    """Returns the sources for `script-src` that allow just the inline scripts of this page."""
    scripts = INLINE_SCRIPT.findall(page)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    return " ".join(f"'sha256-{digest}'" for digest in hashes)


def policy_of_documentation(page: str) -> str:
    """Returns the policy for an API's own documentation page, which loads the service's own files only."""
    return (
        f"default-src 'none'; script-src 'self' {inline_script_hashes(page)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
