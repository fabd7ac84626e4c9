"""What mail programs write around quotes, forwards and signatures: the one table `quotes` and `html` read.

Turkish, English, German and French are written out with care; other languages are here where a word was at hand.
To teach a new form, add its word to the matching group and a case to tests/channels/email/turkish_replies.py.
Turkish words also appear without Turkish letters, because many still type and send them so.
"""

import re


def _any(*groups: str) -> str:
    words = [word for group in groups for word in group.split("|")]
    return (
        "(?:"
        + "|".join(sorted((re.escape(word).replace(r"\ ", r"\s+") for word in words), key=len, reverse=True))
        + ")"
    )


# "X wrote": the verb of an attribution line.
WROTE = _any(
    "şunu yazdı|şunları yazdı|yazdı|yazmış|sunu yazdi|sunlari yazdi|yazdi|tarafından yazıldı",
    "wrote|writes",
    "schrieb|schreibt|geschrieben",
    "a écrit|a ecrit|écrivait|écrit",
    "escribió|ha escrito|escreveu|ha scritto|scrive|schreef|het volgende geschreven|napisał|napisała|napisał(a)|pisze",
    "skrev|kirjoitti|napsal|napsal(a)|написал|написала|написал(а)|пишет|пише|написав|írta|a scris|έγραψε|đã viết|menulis",
    "写道|寫道|书写|写信给|のメール|書きました|님이 작성|작성",
)
# Words an attribution may begin with, before its date.
BEGINS = _any("On|At|Am|Le|El|Em|Il|Op|Den|Dnia|W dniu|Dne|Em|No dia|Vào|Pada|Ngày|Στις|Il giorno|På|Tarih|Den")

FROM = "Kimden|Gönderen|Gonderen|From|Von|De|Da|Van|Från|Fra|Od|От|Від|Lähettäjä|Feladó|De la|Από|发件人|寄件者|差出人|보낸 사람"
SENT = (
    "Gönderildi|Gönderilen|Gonderildi|Gonderilen|Gönderim Tarihi|Gönderme Tarihi|Gönderilme Tarihi|Tarih|Sent|Date|Sent at|"
    "Gesendet|Gesendet am|Datum|Envoyé|Envoyé le|Enviado|Enviado el|Enviada em|Enviado em|Fecha|Data|Data e ora|Inviato|"
    "Verzonden|Skickat|Sendt|Dato|Wysłano|Data|Odesláno|Отправлено|Дата|Lähetetty|Päiväys|Küldve|发送时间|日期|送信日時|보낸 날짜"
)
TO = "Kime|Alıcı|Alici|Alıcılar|To|An|À|A|Pour|Para|Aan|Till|Til|Do|Кому|Vastaanottaja|Címzett|Către|Προς|收件人|宛先|받는 사람"
COPY = "Bilgi|Bilgi (CC)|CC|Cc|Gizli|Bcc|Kopie|Kopie (CC)|Copie|Copie à|Kopia|Kopi|Копия|Másolat|DW|抄送"
SUBJECT = (
    "Konu|Subject|Betreff|Objet|Sujet|Asunto|Assunto|Oggetto|Onderwerp|Ämne|Emne|Temat|Předmět|Тема|Aihe|Tárgy|Subiect|Θέμα|"
    "主题|主旨|件名|제목"
)
ASIDE = (
    "Reply-To|Yanıt Adresi|Yanıtla|Antwort an|Répondre à|Risposta|Rispondi a|Responder a|Svar til|Organization|"
    "Önem Derecesi|Önem|Öncelik|Importance|Priority|Wichtigkeit|Priorität|Importance|Priorité|Sensitivity|"
    "Ekler|Ek|Attachments|Anlagen|Anhänge|Pièces jointes|Allegati|Mail-Followup-To|Thread-Topic"
)
LABELS = {"from": FROM, "sent": SENT, "to": TO, "copy": COPY, "subject": SUBJECT, "aside": ASIDE}
LABEL = re.compile(
    r"^[\s>]*[*_]{0,2}(?:"
    + "|".join(f"(?P<{name}>{_any(words)})" for name, words in LABELS.items())
    + r")[*_]{0,2}\s?:[*_]{0,2}(?=\s|$|\S*@)",
    re.IGNORECASE,
)

_RULE = r"^[\s>]*[*_]{0,2}[-_–—=]{2,}\s*"
_RULE_END = r"\s*[-_–—=]{2,}[*_]{0,2}"
# "-----Original Message-----": everything below is somebody else's.
ORIGINAL = re.compile(
    _RULE
    + _any(
        "Özgün İleti|Özgün ileti|Orijinal İleti|Orijinal ileti|Orijinal Mesaj|Orijinal mesaj|Asıl İleti|Ozgun Ileti|Orijinal Ileti",
        "Original Message|Original message|Original Mail|Original E-Mail|Original Appointment|Reply message|Reply Message",
        "Ursprüngliche Nachricht|Originalnachricht|Original-Nachricht|Ursprüngliche Mail|Originalmeldung",
        "Message d'origine|Message d’origine|Message original|Message initial|Mail original",
        "Mensaje original|Mensagem original|Messaggio originale|Oorspronkelijk bericht|Originele bericht|Ursprungligt meddelande",
        "Oprindelig meddelelse|Opprinnelig melding|Wiadomość oryginalna|Oryginalna wiadomość|Původní zpráva|Исходное сообщение",
        "Alkuperäinen viesti|Eredeti üzenet|Mesaj original|原始邮件|原始郵件|元のメッセージ|원본 메시지",
    )
    + _RULE_END,
    re.IGNORECASE,
)
# "---------- Forwarded message ---------" and the sentence Apple writes instead.
_FORWARDED = _any(
    "İletilen İleti|İletilen ileti|İletilmiş İleti|İletilmiş Mesaj|İletilmiş mesaj|Yönlendirilen İleti|Yönlendirilmiş ileti|Iletilen Ileti",
    "Yönlendirilen mesaj|Yönlendirilmiş mesaj|Iletilmis Mesaj",
    "Forwarded message|Forwarded Message|Forwarded Mail|Forwarded by",
    "Weitergeleitete Nachricht|Weitergeleitete Mail|Weitergeleitet",
    "Message transféré|Message transmis|Message réexpédié",
    "Mensaje reenviado|Mensagem encaminhada|Messaggio inoltrato|Doorgestuurd bericht|Vidarebefordrat meddelande|Videresendt besked",
    "Przekazana wiadomość|Пересылаемое сообщение|Přeposlaná zpráva|转发的邮件|転送されたメッセージ",
)
FORWARD = re.compile(
    _RULE
    + _FORWARDED
    + r".{0,60}?"
    + _RULE_END
    + r"|^[\s>]*[*_]{0,2}"
    + _any(
        "İleti başlangıcı|İletilen ileti başlangıcı|Yönlendirilen iletinin başlangıcı|Ileti baslangici",
        "Begin forwarded message|Anfang der weitergeleiteten Nachricht|Beginn der weitergeleiteten Nachricht",
        "Début du message réexpédié|Début du message transféré|Inicio del mensaje reenviado|Inizio messaggio inoltrato",
        "Início da mensagem encaminhada|Begin doorgestuurd bericht|Vidarebefordrat brev|Videresendt besked|Начало переадресованного сообщения",
    )
    + r"\s?:[*_]{0,2}\s*$",
    re.IGNORECASE,
)

_DEVICE = (
    r"(?:i-?phone|i-?pad|i-?pod|android|samsung|galaxy|huawei|xiaomi|redmi|oppo|vivo|lg|htc|nokia|blackberry|windows|outlook|"
    r"yahoo|gmail|mail\b|posta|mobil|mobile|cep|telefon|akıllı|tablet|handy|smartphone|téléphone|portable|appareil|device|phone|"
    r"cell|k-9|typeapp|bluemail|airmail|mailbox|spark|sparrow|newton|protonmail|proton|thunderbird|mac|телефон|手机)"
)
_SENT_TR = r"g[öo]nderil(?:di|miştir|mistir)"
_THIS_MAIL = r"(?:bu (?:e-?posta|ileti|mesaj)\s+)?"
_MAKER = (
    r"(?:i-?phone|i-?pad|i-?pod|android|samsung|galaxy|huawei|xiaomi|redmi|oppo|vivo|realme|oneplus|honor|lg|htc|nokia|sony|casper|vestel|"
    r"general\s+mobile|blackberry|akıllı|akilli|cep|mobil|telefon|tablet|macbook)"
)
_PROGRAM = r"(?:windows|android|ios|mac|i-?phone|i-?pad|outlook|yahoo|gmail|yandex|mynet|proton|typeapp|bluemail|spark|k-9|thunderbird|airmail)"
# The line a program puts under every mail. Only looked for at the end of what was written.
SENT_FROM: tuple[re.Pattern[str], ...] = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # "iPhone'umdan gönderildi": a maker or a thing, in the possessive; "kargo ile gönderildi" is somebody's sentence.
        rf"^\W*{_THIS_MAIL}{_MAKER}.{{0,40}}(?:[ıiuü]m|[ıiuü]n|s[ıi]n)d[ae]n\s+{_SENT_TR}\W*$",
        rf"^\W*{_THIS_MAIL}{_PROGRAM}.{{0,30}}(?:\b(?:ile|üzerinden|uygulamasından|kullanılarak)|[td][ae]n)\s+{_SENT_TR}\W*$",
        rf"^\W*{_SENT_TR}\s*:\s*{_MAKER}.{{0,30}}$",
        r"^\W*(?:android|ios|windows|mac|mobil)\s+(?:için|icin)\s+outlook\b.{0,25}\s+(?:edinin|indirin|alın|alin|gönderildi)\b.*$",
        r"^\W*outlook\s+for\s+(?:ios|android).{0,6}\s+(?:edinin|indirin|alın)\b.*$",
        r"^\W*(?:get|hol|holen sie sich|obtenir|télécharger|obtener|scarica|download)\s+\[?outlook\b.{0,150}$",
        r"^\W*outlook\s+(?:für|pour)\s+(?:ios|android).{0,60}$",
        rf"^\W*sent\s+(?:from|via|with|by|using)\s+(?:my\b.{{0,100}}|an?\s.{{0,60}}|.{{0,30}}{_DEVICE}.{{0,120}})$",
        r"^\W*sent (?:from|with|via|by) (?-i:[A-Z\[])[\w\[\]().:/ -]{0,90}$",
        r"^.{0,20}\bfrom\s+(?:my\s+)?(?:mobile|i-?phone|ipad|android|phone)\b.{0,15}$",
        rf"^\W*(?:diese nachricht wurde\s+)?(?:von|mit)\s.{{0,40}}{_DEVICE}.{{0,60}}\s(?:gesendet|verschickt|geschickt)\W*$",
        rf"^\W*gesendet\s+(?:von|mit|aus)\s.{{0,40}}{_DEVICE}.{{0,60}}$",
        rf"^\W*envoyé\s+(?:depuis|de|à partir|avec|par)\b.{{0,40}}{_DEVICE}.{{0,60}}$",
        rf"^\W*(?:enviado|enviada)\s+(?:desde|de|do|dal|con)\b.{{0,40}}{_DEVICE}.{{0,60}}$",
        rf"^\W*inviato\s+da\b.{{0,40}}{_DEVICE}.{{0,60}}$",
        r"^\W*(?:verzonden|verstuurd)\s+(?:met|vanaf|van)\b.{0,80}$",
        rf"^\W*(?:skickat|skickades|sendt|lähetetty|wysłane|wysłano|odesláno|отправлено)\s.{{0,40}}{_DEVICE}.{{0,60}}$",
        r"^\W*(?:發自我的|发自我的|從我的|从我的)\s?.{1,40}$",
        r"^\W*.{1,20}から送信\W*$",
    )
)

# Words people close with; what stands below them is a name, then perhaps a card.
CLOSING = re.compile(
    r"^\W*(?:"
    + _any(
        "Saygılarımla|Saygılarımızla|Saygılar|Sevgiler|Sevgilerimle|Selamlar|İyi çalışmalar|İyi günler|Kolay gelsin|Saygilarimla|Iyi calismalar",
        "Best regards|Kind regards|Regards|Warm regards|Sincerely|Best|Cheers|Yours sincerely|With kind regards",
        "Mit freundlichen Grüßen|Mit freundlichen Grüssen|Freundliche Grüße|Viele Grüße|Beste Grüße|Liebe Grüße|Herzliche Grüße|MfG",
        "Cordialement|Bien cordialement|Sincères salutations|Meilleures salutations|Bien à vous",
    )
    + r")\b[^\w]*$",
    re.IGNORECASE,
)
# A line of a business card. A card is only cut below a closing, a name, and at least one of these.
CARD = re.compile(
    r"(?:\b(?:tel|telefon|phone|mobile|mobil|gsm|cep|fax|faks|tél|t|m|f|p|e|w|web|adres|e-?posta|e-?mail)\s?\.?\s?:\s*\S)"
    r"|(?:\+?\d[\d\s()/.-]{8,}\d)|(?:\bwww\.\S+)|(?:\bhttps?://\S+)|(?:^\S+@\S+\.\w+$)"
    r"|(?:\b(?:mah|cad|sok|blv|apt)\.\s)|(?:\bno\s?:\s?\d)",
    re.IGNORECASE,
)
DISCLAIMER = re.compile(
    r"^\W*(?:"
    r"bu (?:e-?posta|ileti|elektronik posta|mesaj|e-?mail)\b.{0,160}\b(?:gizli|kişiye özel|kisiye ozel|yetkisiz|gönderildiği kişi|yasal olarak)"
    r"|yasal uyar|gizlilik (?:notu|bildirimi|uyarısı)|çevreye saygı|lütfen bu (?:e-?postayı|iletiyi) yazdırmadan"
    r"|this (?:e-?mail|message|communication)\b.{0,100}\b(?:confidential|privileged|intended)"
    r"|notice:\s+this\b|(?:confidentiality|legal) notice|disclaimer\b|please consider the environment"
    r"|diese (?:e-?mail|nachricht)\b.{0,100}\b(?:vertraulich|rechtlich)|vertraulichkeitshinweis"
    r"|ce (?:message|courriel|mail)\b.{0,100}\b(?:confidentiel|destin)|avis de confidentialité"
    r")",
    re.IGNORECASE,
)

# Elements (tag or *, attribute, pattern) mail programs write. `x_` is what Outlook puts before foreign names.
_X = r"(?:^|\s)(?:x_)*"
CUT_ELEMENTS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "*",
        "id",
        re.compile(
            _X + r"(?:divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container)$"
        ),
    ),
    (
        "*",
        "id",
        re.compile(_X + r"(?:ms-outlook-mobile-body-separator-line|oriMsgHtmlSeperator|reply-intro|yahoo_quoted_\d+)"),
    ),
    (
        "*",
        "class",
        re.compile(
            _X
            + r"(?:yahoo_quoted|protonmail_quote|ms-outlook-mobile-reference-message|zmail_extra|moz-forward-container)"
        ),
    ),
    ("*", "name", re.compile(r"^(?:x_)*(?:messageReplySection|quote)$")),
    # Outlook for Windows draws a thin line above the header block of what it answers.
    ("div", "style", re.compile(r"border:\s*none;\s*border-top:\s*solid\s+#(?:E1E1E1|B5C4DF)\s+1\.0pt", re.IGNORECASE)),
)
ATTRIBUTION_ELEMENTS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("*", "class", re.compile(_X + r"(?:gmail_attr|moz-cite-prefix)(?:\s|$)")),
)
SIGNATURE_ELEMENTS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "*",
        "class",
        re.compile(
            _X + r"(?:gmail_signature|moz-signature|protonmail_signature_block(?!-empty)|tutanota_signature)(?:\s|$)"
        ),
    ),
    (
        "*",
        "id",
        re.compile(
            r"^(?:x_)*(?:Signature|ms-outlook-mobile-signature|AppleMailSignature|apple-mail-signature|ymail_android_signature|ydp[\w]*signature)$",
            re.I,
        ),
    ),
    (
        "*",
        "class",
        re.compile(_X + r"(?:ms-outlook-mobile-signature|AppleMailSignature|ydp\w*signature)(?:\s|$)", re.I),
    ),
)
