"""Names, addresses and values as mail programs really write them."""

import pytest

from muhatap.channels.email import addresses, charsets, headers

SAYIN = "Sayın Ihlamur Ev, ürünüm kırık geldi; şu değişimi İstiyorum. Iğdır'dan Gülşen"


def boxes(value: str | bytes) -> list[tuple[str, str]]:
    return [
        (each.name, each.email) for each in addresses.listed([value if isinstance(value, bytes) else value.encode()])
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ayşe Yılmaz <ayse@ornek.example>", [("Ayşe Yılmaz", "ayse@ornek.example")]),
        ("=?utf-8?B?QXnFn2UgWcSxbG1heg==?= <ayse@ornek.example>", [("Ayşe Yılmaz", "ayse@ornek.example")]),
        ('"=?iso-8859-9?Q?Ay=FEe_Y=FDlmaz?=" <ayse@ornek.example>', [("Ayşe Yılmaz", "ayse@ornek.example")]),
        (
            '"Yılmaz, Ayşe" <ayse@ornek.example>, can@ornek.example',
            [("Yılmaz, Ayşe", "ayse@ornek.example"), ("", "can@ornek.example")],
        ),
        ("ayse@ornek.example (Ayşe Yılmaz)", [("Ayşe Yılmaz", "ayse@ornek.example")]),
        ("Ekip: ayse@ornek.example, can@ornek.example;", [("", "ayse@ornek.example"), ("", "can@ornek.example")]),
        ("undisclosed-recipients:;", []),
        ('"banka@guven.example" <hirsiz@baska.example>', [("banka@guven.example", "hirsiz@baska.example")]),
        ("banka@guven.example <hirsiz>", []),
        ("Ayşe <ayse@xn--rnek-4qa.example>", [("Ayşe", "ayse@örnek.example")]),
        ("Ayşe <ayşe@örnek.example>", [("Ayşe", "ayşe@örnek.example")]),
        ("=?utf-8?q?Ay=C5=9Fe_=3Cayse=40ornek=2Eexample=3E?=", [("Ayşe", "ayse@ornek.example")]),
        ("ayse@ornek.example;can@ornek.example", [("", "ayse@ornek.example"), ("", "can@ornek.example")]),
        (
            '"Ayşe <ayse@ornek.example>, Can <can@ornek.example>',
            [("Ayşe", "ayse@ornek.example"), ("Can", "can@ornek.example")],
        ),
        ("<mailto:ayse@ornek.example>", [("", "ayse@ornek.example")]),
        (", , ayse@ornek.example,", [("", "ayse@ornek.example")]),
        ("Pete(A nice \\) chap) <pete(his account)@silly.test(host)>", [("Pete", "pete@silly.test")]),
        ("<@relay.example,@other.example:ayse@ornek.example>", [("", "ayse@ornek.example")]),
        ("Ayşe\u202eelpmaxe <ayse@ornek.example>", [("Ayşeelpmaxe", "ayse@ornek.example")]),
    ],
)
def test_addresses_are_read(written: str, read: list[tuple[str, str]]):
    assert boxes(written) == read


def test_raw_turkish_bytes_in_a_name_are_read():
    assert boxes("Şule Çağlar <sule@ornek.example>".encode("cp1254")) == [("Şule Çağlar", "sule@ornek.example")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?q?Sipari=C5=9F?= =?utf-8?q?im?=", "Siparişim"),
        ("=?utf-8?b?U2lwYXJpxQ==?= =?utf-8?b?n2lt?=", "Siparişim"),  # cut in the middle of ş
        ("=?windows-1254?Q?=DDade_iste=F0i?=", "İade isteği"),
        ("=?UTF-8?Q?Sipariş hakkında?=", "Sipariş hakkında"),
        ("=?utf-8?q?Sipari=C5=9F", "=?utf-8?q?Sipari=C5=9F"),
        ("=?bilinmeyen?q?Sipari=C5=9F?=", "Sipariş"),
        ("=?utf-8?b?U2lwYXJpxZ8?=", "Sipariş"),
        ("Re: =?utf-8?q?=C3=BCr=C3=BCn?= 10482", "Re: ürün 10482"),
        ("=?utf-8*tr?q?Sipari=C5=9F?=", "Sipariş"),
    ],
)
def test_encoded_words_are_read_and_broken_ones_left(written: str, read: str):
    assert headers.decoded(written.encode()) == read


def test_a_raw_header_is_read_in_the_charset_of_its_body():
    assert headers.decoded("ναι".encode("iso8859-7"), "iso-8859-7") == "ναι"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("attachment; filename*=utf-8''fatura%20%C5%9Fubat.pdf", "fatura şubat.pdf"),
        ("attachment; filename*0*=iso-8859-9''%FEubat; filename*1=\"-fatura\"; filename*2*=%2Epdf", "şubat-fatura.pdf"),
        ('attachment; filename="=?utf-8?B?xZ91YmF0LnBkZg==?="', "şubat.pdf"),
        ("attachment; filename=şubat faturası.pdf", "şubat faturası.pdf"),
        ('attachment; filename="a;b.pdf"', "a;b.pdf"),
        ('attachment; filename="a\\"b.pdf"', 'a"b.pdf'),
        ('attachment; filename="açık', "açık"),
        ("attachment; filename*1=b.pdf; filename*0=a", "ab.pdf"),
    ],
)
def test_file_names_are_read(written: str, name: str):
    assert headers.parameters(written.encode())[1]["filename"] == name


@pytest.mark.parametrize(
    ("written_in", "labelled", "note"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", "", ""),
        ("cp1254", "windows-1254", ""),
        ("cp1254", "iso-8859-9", ""),
        ("cp1254", "Latin5", ""),
        ("cp1254", "iso-8859-1", "declared iso-8859-1, read as windows-1254"),
        ("cp1254", "windows-1252", "declared windows-1252, read as windows-1254"),
        ("cp1254", "us-ascii", "declared us-ascii, read as windows-1254"),
        ("cp1254", "utf-8", "declared utf-8, read as windows-1254"),
        ("cp1254", "windows-874", "declared windows-874, read as windows-1254"),
        ("cp1254", "", "no charset declared, read as windows-1254"),
        ("cp1254", "x-user-defined", "unknown charset x-user-defined; declared x-user-defined, read as windows-1254"),
        ("utf-8", "iso-8859-9", "declared iso-8859-9, read as utf-8"),
        ("utf-8", "punycode", "unknown charset punycode, read as utf-8"),
        ("utf-16", "utf-16", ""),
        ("cp857", "ibm857", ""),
    ],
)
def test_turkish_is_read_whatever_the_label_says(written_in: str, labelled: str, note: str):
    text, said = charsets.decode(SAYIN.encode(written_in), labelled)
    assert text == SAYIN
    assert said in (note, note.partition("; ")[2] or note)


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("สวัสดีครับ", "cp874", "windows-874"),
        ("Привет мир, как дела", "cp1251", ""),
        ("Привет мир, как дела", "koi8-r", ""),
        ("Það er þér að kenna", "cp1252", "iso-8859-1"),
        ("Grüße aus Köln", "cp1252", "iso-8859-1"),
        ("日本語", "iso2022_jp", ""),
        ("한국어", "cp949", "ks_c_5601-1987"),
    ],
)
def test_other_languages_are_not_taken_for_turkish(text: str, codec: str, label: str):
    assert charsets.decode(text.encode(codec), label)[0] == text


def test_a_few_torn_characters_do_not_turn_utf8_into_latin():
    text, note = charsets.decode("şğüıöç İĞÜŞÖÇ".encode() + b"\xc5", "utf-8")
    assert (text, note) == ("şğüıöç İĞÜŞÖÇ\ufffd", "utf-8 with broken characters")


def test_message_ids_are_found_between_anything():
    written = b"<a@b.example> (yorum) <c@d.example>\r\n\t<a@b.example>, metin"
    assert headers.message_ids([written]) == ("<a@b.example>", "<c@d.example>")
    assert headers.message_ids([b"ciplak@ornek.example"]) == ("<ciplak@ornek.example>",)
    assert headers.message_ids([b"Your message of Monday"]) == ()


def test_an_endless_id_is_kept_as_its_hash_wherever_it_is_named() -> None:
    endless = f"<{'ş' * 880}@ornek.example>"
    kept = headers.message_ids([f"<a@x> {endless}".encode()])[1]

    assert headers.message_ids([endless.encode()]) == (kept,)
    assert len(kept.encode()) <= headers.N_ID_BYTES
