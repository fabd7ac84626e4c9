# ruff: noqa: E501 (quotes of mails are as long as mails are)
"""Turkish answers as customers send them: every body under every client's quote and every signature."""

from collections.abc import Iterator
from dataclasses import dataclass

BODIES = {
    "short": "Tamam, teşekkürler.",
    "order": "Merhaba Zeynep Hanım,\n\n#10482 numaralı keten nevresim siparişim hâlâ gelmedi. Ne zaman kargoya verilir?\n\nİyi günler,\nAyşe",
    "list": "Şunları değiştirmek istiyorum:\n\n- 2 adet Şile bezi havlu\n- 1 adet seramik kâse\n\nÜcreti 2.849,90 ₺ mi oluyor?",
    "dates": "Kargo firması 12.11.2026 tarihinde bana şunu yazdı: adreste yok.\nOysa saat 14:30'da evdeydim.",
    "labels": "Konu: iade\nÜrün kırık geldi, değiştirmek istiyorum. Kime göndereceğim?",
    "ascii": "Selam,\nurunum kirik geldi, degisim istiyorum. Tesekkurler",
    "dashes": "Ölçüler 200x220 -- çift kişilik -- olmalı.\n\nRenk: bej",
    "shouting": "İADE İSTİYORUM. IŞIK HIZIYLA CEVAP BEKLİYORUM!!!",
    "phone": "Beni 0532 123 41 18 numarasından arayabilirsiniz. Saat 18:00'den sonra müsaidim.",
    "question": "Bunu ben yazmadım, eşim yazdı. Yine de yardımcı olur musunuz?",
}

WE_WROTE = (
    "Merhaba Ayşe Hanım,\n\nSiparişiniz bugün kargoya verildi. Takip numarası: 123456789.\n\nZeynep Arslan\nIhlamur Ev"
)
MARKED = "\n".join(f"> {line}".rstrip() for line in WE_WROTE.split("\n"))
INDENTED = "\n".join(f"    {line}".rstrip() for line in WE_WROTE.split("\n"))
US = "Ihlamur Ev Destek <destek@ihlamurev.example>"
HEADINGS = "Ayşe Yılmaz <ayse.yilmaz@ornek.example>"

FORMS = {
    "none": "",
    "gmail": f"{US}, 27 Ara 2025 Cmt, 16:05 tarihinde şunu yazdı:\n\n{MARKED}",
    "gmail wrapped before tarihinde": f"{US}, 27 Ara 2025 Cmt, 16:05\ntarihinde şunu yazdı:\n\n{MARKED}",
    "gmail wrapped in the address": f"Ihlamur Ev Müşteri İlişkileri ve Destek Ekibi <\ndestek@ihlamurev.example>, 27 Ara 2025 Cmt, 16:05 tarihinde şunu yazdı:\n\n{MARKED}",
    "gmail wrapped twice": f"Ihlamur Ev Müşteri İlişkileri ve Satış Sonrası Destek Ekibi <\ndestek@ihlamurev.example>, 27 Ara 2025 Cmt, 16:05\ntarihinde şunu yazdı:\n\n{MARKED}",
    "gmail bare address": f"<destek@ihlamurev.example>, 27 Ara 2025 Cmt, 16:05 tarihinde şunu yazdı:\n\n{MARKED}",
    "gmail old": f"27 Aralık 2025 16:05 tarihinde {US} yazdı:\n\n{MARKED}",
    "gmail phone": f"27 Ara 2025 Cmt 16:05 tarihinde Ihlamur Ev <destek@ihlamurev.example> şunu yazdı:\n\n{MARKED}",
    "apple": f"{US} şunları yazdı (16.7.2026 00:52):\n\n{MARKED}",
    "apple wrapped": f"Ihlamur Ev Müşteri Hizmetleri <destek@ihlamurev.example> şunları yazdı\n(16.7.2026 00:52):\n\n{MARKED}",
    "apple old": f"16 Tem 2026 tarihinde, saat 00:52’de, {US} şunları yazdı:\n\n{MARKED}",
    "apple old wrapped": f"16 Tem 2026 tarihinde, saat 00:52’de, Ihlamur Ev Destek\n<destek@ihlamurev.example> şunları yazdı:\n\n{MARKED}",
    "outlook unmarked": f'"Ihlamur Ev Destek" <destek@ihlamurev.example>, 28/10/2021 12:46 tarihinde şunu yazdı:\n\n{INDENTED}',
    "outlook header": f"Kimden: {US}\nGönderildi: 28 Ekim 2021 Perşembe 12:46\nKime: {HEADINGS}\nKonu: Re: Siparişim\n\n{WE_WROTE}",
    "outlook header rule": f"________________________________\nKimden: {US}\nGönderildi: 28 Ekim 2021 Perşembe 12:46\nKime: {HEADINGS}\nBilgi: Can Aydın <can@ihlamurev.example>\nKonu: Ynt: Siparişim\n\n{WE_WROTE}",
    "outlook header sender": f"Gönderen: {US}\nGönderilen: 28 Ekim 2021 Perşembe 12:46\nKime: {HEADINGS}\nCC: can@ihlamurev.example\nKonu: YNT: Siparişim\n\n{WE_WROTE}",
    "outlook mac header": f"Kimden: {US}\nTarih: Perşembe, 28 Ekim 2021 12:46\nKime: {HEADINGS}\nKonu: Siparişim\n{WE_WROTE}",
    "outlook bold header": f"*Kimden:* {US}\n*Gönderildi:* 28 Ekim 2021 Perşembe 12:46\n*Kime:* {HEADINGS}\n*Konu:* Siparişim\n\n{WE_WROTE}",
    "original message": f"-----Özgün İleti-----\nKimden: {US}\nGönderildi: 28 Ekim 2021 Perşembe 12:46\nKime: {HEADINGS}\nKonu: Siparişim\n\n{WE_WROTE}",
    "original message new": f"-----Orijinal Mesaj-----\nGönderen: {US}\nTarih: 28.10.2021 12:46\nKime: {HEADINGS}\nKonu: Siparişim\n\n{WE_WROTE}",
    "thunderbird": f"28.10.2021 12:46 tarihinde Ihlamur Ev Destek yazdı:\n{MARKED}",
    "thunderbird comma": f"On 28.10.2021 12:46, Ihlamur Ev Destek wrote:\n{MARKED}",
    "yahoo": f"28 Ekim 2021 Perşembe 12:46:50 GMT+3 tarihinde {US} şunu yazdı:\n\n\n{INDENTED}",
    "yahoo wrapped": f"    28 Ekim 2021 Perşembe 12:46:50 GMT+3 tarihinde Ihlamur Ev\n<destek@ihlamurev.example> şunu yazdı:  \n \n {WE_WROTE}",
    "samsung": f"-------- Orijinal ileti --------\nKimden: {US}\nTarih: 28.10.2021 12:46 (GMT+03:00)\nAlıcı: {HEADINGS}\nKonu: Siparişim\n\n{WE_WROTE}",
    "forward gmail": f"---------- Forwarded message ---------\nGönderen: {US}\nDate: 28 Eki 2021 Per, 12:46\nSubject: Siparişim\nTo: {HEADINGS}\n\n\n{WE_WROTE}",
    "forward thunderbird": f"-------- İletilen İleti --------\nKonu: \tSiparişim\nTarih: \tThu, 28 Oct 2021 12:46:30 +0300\nKimden: \t{US}\nKime: \t{HEADINGS}\n\n\n\n{WE_WROTE}",
    "forward yahoo": f"   ----- İletilmiş Mesaj ----- Kimden: {US}Kime: {HEADINGS}Gönderilen: 2 Kasım 2021 Salı 09:26:50 GMT+3Konu: Siparişim\n {WE_WROTE}",
    "forward apple": f"> İleti başlangıcı:\n>\n> Kimden: {US}\n> Konu: Siparişim\n> Tarih: 26 Ekim 2021 14:25:08 GMT+3\n> Kime: {HEADINGS}\n>\n{MARKED}",
}

SIGNATURES = {
    "none": "",
    "iphone curly": "iPhone’umdan gönderildi",
    "iphone straight": "iPhone'umdan gönderildi",
    "ipad": "iPad’imden gönderildi",
    "samsung": "Samsung Galaxy akıllı telefonumdan gönderildi.",
    "outlook android": "Android için Outlook’u edinin<https://aka.ms/AAb9ysg>",
    "outlook ios": "iOS için Outlook uygulamasını edinin",
    "yahoo": "Android'de Yahoo Postadan gönderildi",
    "windows": "Windows için Posta ile gönderildi",
    "huawei": "Huawei cep telefonumdan gönderildi",
    "dashes": "-- \nAyşe Yılmaz\nÖğretmen\nKarşıyaka, İzmir",
    "dashes without space": "--\nHakan Demir\nGüneş Otel A.Ş.\nTel: +90 232 111 22 33\nwww.gunesotel.example",
    "firm": "--\nİpek Güneş | Satın Alma Müdürü\nGüneş Otel Turizm A.Ş.\nAtatürk Cad. No: 12 Alsancak / İzmir\n0232 111 22 33\n\nBu e-posta ve ekleri gizlidir; yalnızca gönderildiği kişiye özeldir. Yanlışlıkla aldıysanız lütfen siliniz.",
    "disclaimer": "Bu e-posta mesajı ve ekleri gizli olup sadece gönderildiği kişi içindir. Yetkisiz kullanım yasaktır.",
    "english": "Sent from my iPhone",
}


@dataclass(frozen=True)
class Case:
    name: str
    text: str
    expected: str


def cases() -> Iterator[Case]:
    """Every combination, the signature once above and once below the quote."""
    for body_name, body in BODIES.items():
        for form_name, form in FORMS.items():
            for signature_name, signature in SIGNATURES.items():
                name = f"{body_name} / {form_name} / {signature_name}"
                above = "\n\n".join(filter(None, (body, signature, form)))
                yield Case(name, above, body)
                if signature and form and form_name.startswith(("gmail", "apple", "thunderbird")):
                    yield Case(f"{name} below", "\n\n".join((body, form, signature)), body)


def html_cases() -> Iterator[Case]:
    """The same bodies as the HTML these clients write."""
    for body_name, body in BODIES.items():
        lines = "<br>".join(body.split("\n"))
        blocks = "".join(f"<div>{line or '<br>'}</div>" for line in body.split("\n"))
        paragraphs = "".join(f'<p class="MsoNormal">{line or "&nbsp;"}<o:p></o:p></p>' for line in body.split("\n"))
        quote = "<br>".join(WE_WROTE.split("\n"))
        said = 'Ihlamur Ev &lt;<a href="mailto:destek@ihlamurev.example">destek@ihlamurev.example</a>&gt;'
        heading = (
            f"<b>Kimden:</b> {said}<br><b>Gönderildi:</b> 28 Ekim 2021 Perşembe 12:46<br><b>Kime:</b> Ayşe Yılmaz "
            "&lt;ayse.yilmaz@ornek.example&gt;<br><b>Konu:</b> Ynt: Siparişim"
        )
        pages = {
            "gmail": f'<div dir="ltr">{blocks}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{said}, 27 Ara 2025 Cmt, '
            f'16:05 tarihinde şunu yazdı:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{quote}</blockquote></div>',
            "gmail signature": f'<div dir="ltr">{blocks}<div><br></div>-- <br><div class="gmail_signature" data-smartmail="gmail_signature">'
            f'<div>Ayşe Yılmaz<br>Öğretmen</div></div></div><br><div class="gmail_quote"><div class="gmail_attr">{said}, 27 Ara 2025 Cmt, '
            f'16:05 tarihinde şunu yazdı:<br></div><blockquote class="gmail_quote">{quote}</blockquote></div>',
            "apple": f'<html><body dir="auto">{lines}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">iPhone’umdan gönderildi</div>'
            f'<div dir="ltr"><br><blockquote type="cite">{said} şunları yazdı (16.7.2026 00:52):<br><br></blockquote></div>'
            f'<blockquote type="cite"><div dir="ltr">{quote}</div></blockquote></body></html>',
            "outlook desktop": f'<div class="WordSection1">{paragraphs}<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;'
            f'border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{heading}<o:p></o:p></p></div></div>'
            f'<p class="MsoNormal">{quote}</p></div>',
            "outlook web": f'<div class="elementToProof">{lines}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%">'
            f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{heading}</font><div>&nbsp;</div></div><div>{quote}</div>',
            "outlook phone": f'<div dir="auto">{lines}</div><div id="ms-outlook-mobile-signature"><div></div><a href="https://aka.ms/o0ukef">'
            f'iOS için Outlook</a>’u edinin</div><hr><div id="divRplyFwdMsg" dir="ltr">{heading}</div>{quote}',
            "thunderbird": f'<body>{lines}<br><br><div class="moz-cite-prefix">28.10.2021 12:46 tarihinde Ihlamur Ev yazdı:<br></div>'
            f'<blockquote type="cite" cite="mid:a@b">{quote}</blockquote><pre class="moz-signature">-- \nAyşe</pre></body>',
            "yahoo": f'<div class="ydp1 yahoo-style-wrap"><div dir="ltr">{lines}</div></div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>'
            f"<div>28 Ekim 2021 Perşembe 12:46:50 GMT+3 tarihinde {said} şunu yazdı:</div><div><br></div><div>{quote}</div></div></div>",
            "proton": f'<div>{lines}</div><div class="protonmail_signature_block"><div>Proton Mail ile gönderildi</div></div>'
            f'<div class="protonmail_quote">28 Ekim 2021 Perşembe günü 12:46 saatinde {said} yazdı:<br><blockquote class="protonmail_quote" '
            f'type="cite">{quote}</blockquote></div>',
        }
        for name, page in pages.items():
            yield Case(f"{body_name} / {name}", page, body)
