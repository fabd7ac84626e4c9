"""How shops sign what they send: WooCommerce and Shopify alike. Pure."""

import base64
import hashlib
import hmac


def is_signed(raw: bytes, signature: str, secret: str) -> bool:
    """base64(HMAC-SHA256) over the very bytes."""
    wanted = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, signature.strip().encode("ascii", "replace"))
