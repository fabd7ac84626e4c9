"""What the shop writes with: canned replies, signatures, and one answer that waits for Monday morning."""

from datetime import datetime, timedelta

from demo import days
from demo.acts import Stage
from muhatap.accounts.models import User
from muhatap.channels.contract import Address
from muhatap.flow import later, reply
from muhatap.writing import canned, signing
from muhatap.writing.models import CannedReply

CANNED = [
    (
        "Kargo yola çıktı",
        "kargo",
        "tr",
        "<p>Merhaba {{ contact.first_name }},</p><p>{{ siparis_no }} numaralı siparişiniz bugün yola çıktı; iki iş günü içinde"
        " elinizde olur.</p>",
    ),
    (
        "İade koşulları",
        "iade",
        "tr",
        "<p>Merhaba {{ contact.first_name }},</p><p>ürünü 14 gün içinde, kullanmadan ve etiketiyle geri gönderebilirsiniz."
        " Kargo ücretini biz karşılıyoruz.</p>",
    ),
    (
        "Fotoğraf isteyelim",
        "foto",
        "tr",
        "<p>Merhaba {{ contact.first_name }},</p><p>hemen yardımcı olabilmemiz için ürünün bir fotoğrafını gönderir misiniz?</p>",
    ),
    (
        "Yıkama önerisi",
        "yikama",
        "tr",
        "<p>Keten ve Şile bezini 40 derecede, yumuşatıcı kullanmadan yıkayın; birkaç yıkamada kendiliğinden yumuşar.</p>",
    ),
    (
        "Shipping abroad",
        "shipping",
        "en",
        "<p>Hello {{ contact.first_name }},</p><p>we ship abroad every Tuesday; it takes five to eight days.</p>",
    ),
]


def make(*, by: User, at: datetime) -> None:
    """As the team lead would have written it."""
    for title, shortcut, language, html in CANNED:
        reply_ = CannedReply(
            title=title, shortcut=shortcut, language=language, html=html, scope=CannedReply.Scope.EVERYBODY
        )
        canned.save(reply=reply_, by=by, at=at)
    signing.save(
        inbox=None,
        user=None,
        language="",
        html="<p>{{ agent.name }}<br>{{ firm }} · Karşıyaka, İzmir</p>",
        by=by,
        at=at,
    )
    english = "<p>Kind regards,<br>{{ agent.name }}, {{ firm }}</p>"
    signing.save(inbox=None, user=None, language="en", html=english, by=by, at=at)


def finish(stage: Stage, *, by: User, at: datetime) -> None:
    """One answer is written and leaves on Monday morning."""
    conversation = stage.conversation("nazli-dikis")
    answer = reply.Answer(
        html="<p>Merhaba,</p><p>yeni kılıfınızı pazartesi sabahı kargoya veriyoruz.</p>",
        to=(Address(email=conversation.contact.email, name=conversation.contact.name),),
        is_signed=True,
    )
    today = at.astimezone(days.HERE)
    monday = (today + timedelta(days=7 - today.weekday())).replace(hour=9, minute=0, second=0, microsecond=0)
    later.schedule(conversation=conversation, answer=answer, send_at=monday, by=by, at=at)
