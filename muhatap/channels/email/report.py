"""A parsed mail as JSON, for the command `muhatap mail parse` and for eyes."""

from typing import Any

from muhatap.channels.contract import Address
from muhatap.channels.email.parsing import ParsedMail


def as_json(parsed: ParsedMail) -> dict[str, Any]:
    """Plain lists, dicts and texts, ready for json.dumps."""
    return {
        "from": _mailbox(parsed.sender) if parsed.sender else None,
        "to": [_mailbox(each) for each in parsed.to],
        "cc": [_mailbox(each) for each in parsed.cc],
        "reply_to": [_mailbox(each) for each in parsed.reply_to],
        "subject": parsed.subject,
        "message_id": parsed.message_id,
        "in_reply_to": parsed.in_reply_to,
        "references": list(parsed.references),
        "date": parsed.date.isoformat() if parsed.date else None,
        "kind": parsed.kind,
        "text": parsed.text,
        "reply_text": parsed.reply_text,
        "html_clean": parsed.html_clean,
        "attachments": [
            {"name": each.name, "type": each.type, "size": each.size, "inline_id": each.content_id}
            for each in parsed.attachments
        ],
        "charset_notes": list(parsed.charset_notes),
        "defects": list(parsed.defects),
    }


def _mailbox(address: Address) -> dict[str, str]:
    return {"name": address.name, "email": address.email}
