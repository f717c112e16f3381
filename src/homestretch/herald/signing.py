"""How a message is signed: as Standard Webhooks says (https://www.standardwebhooks.com), so that a receiver can take
any of its libraries to tell our messages from anybody else's, and an old one sent again from a new one."""

from __future__ import annotations

import base64
import hashlib
import hmac


def sign(secret: bytes, message_id: str, sent_at_s: int, body: bytes) -> dict[str, str]:
    """The headers of a message that is sent at ``sent_at_s`` (seconds since 1970, by the wall): HMAC-SHA256 over
    ``id.timestamp.body``, as ``v1,`` and Base64."""
    content = f"{message_id}.{sent_at_s}.".encode() + body
    signature = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(sent_at_s),
        "webhook-signature": f"v1,{signature}",
    }
