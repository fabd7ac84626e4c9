"""HTML of mails: what the screen may show, and the text people read in it."""

from html.parser import HTMLParser

import pytest

from muhatap.channels.email import html, html_source


class Tags(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">tıkla</a>',
        '<a href=" java\tscript:alert(1)">tıkla</a>',
        '<a href="data:text/html,<script>alert(1)</script>">tıkla</a>',
        '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<iframe src='https://kotu.example'></iframe>",
        "<form action='https://kotu.example'><input name=parola><button>Giriş</button></form>",
        "<style>body{background:url(https://kotu.example/iz)}</style>",
        '<p style="background:url(https://kotu.example/iz)">x</p>',
        '<table background="https://kotu.example/iz"><tr><td background="https://kotu.example/iz">x</td></tr></table>',
        '<link rel=stylesheet href="https://kotu.example/a.css"><meta http-equiv=refresh content="0;url=https://kotu.example">',
        "<base href='https://kotu.example/'><a href='giris'>x</a>",
        '<a href="/logout">çıkış</a>',
        '<a href="//kotu.example">x</a>',
        "<object data=x></object><embed src=x>",
        '<video src="https://kotu.example/v"></video><picture><source srcset="https://kotu.example/i"></picture>',
        '<img srcset="https://kotu.example/i 2x">',
        '<p title="<img src=&quot;https://kotu.example/i&quot;">x</p>',
        '<p title="<img src=">x" onmouseover="alert(1)</p>',
        "<!--[if mso]><img src=https://kotu.example/iz><![endif]-->",
        '<div id="app" class="modal-open" name="x">x</div>',
    ],
)
def test_nothing_runs_fetches_or_leads_into_our_own_pages(source: str):
    seen = Tags()
    seen.feed(html.clean(source).html)
    assert seen.tags <= {"p", "a", "b", "div", "img", "table", "tbody", "tr", "td"}
    assert {name for name, _ in seen.attributes} <= {"title", "alt", "href", "target", "rel", "data-src", "colspan"}
    assert not [
        value
        for _, value in seen.attributes
        if value.lower().strip().startswith(("javascript:", "data:", "/", "giris"))
    ]


def test_links_open_apart_and_tell_nothing():
    shown = html.clean('<a href="https://ornek.example/a?b=1&amp;c=2" onclick="x()">liste</a>').html
    assert shown == (
        '<a href="https://ornek.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">liste</a>'
    )


def test_remote_images_wait_aside_until_asked_for():
    shown = html.clean('<img src="https://ornek.example/a.png?x=1&amp;y=2" alt="Havlu" width="40">').html
    assert shown == '<img alt="Havlu" width="40" data-src="https://ornek.example/a.png?x=1&amp;y=2">'


def test_images_of_the_mail_are_named_by_their_content_id():
    assert html.clean('<img src="CID:resim@1">').html == '<img data-cid="resim@1">'


def test_what_was_hidden_stays_hidden():
    cleaned = html.clean(
        '<div style="display:none">gizli ön yazı <b>kalın</b></div><p>Görünen</p><span hidden>y</span>'
    )
    assert (cleaned.text, cleaned.html) == ("Görünen", "<p>Görünen</p>")


def test_layout_of_letters_survives():
    page = '<table width="600" bgcolor="#fff"><tbody><tr><td align="center" colspan="2"><b>Ihlamur</b><br>Ev</td></tr></tbody></table>'
    assert html.clean(page).html == page


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Bir</p><p>İki</p>", "Bir\n\nİki"),
        ("<div>Bir</div><div><br></div><div>İki</div>", "Bir\n\nİki"),
        ("Bir<br>İki<br><br>Üç", "Bir\nİki\n\nÜç"),
        ("<ul><li>havlu</li><li>kâse</li></ul>", "- havlu\n- kâse"),
        (
            "<table><tr><td>Havlu</td><td>120 ₺</td></tr><tr><td>Kâse</td><td>90 ₺</td></tr></table>",
            "Havlu 120 ₺\nKâse 90 ₺",
        ),
        ('<a href="https://ornek.example/iade">iade formu</a>', "iade formu <https://ornek.example/iade>"),
        ('<a href="https://ornek.example">https://ornek.example</a>', "https://ornek.example"),
        ('<a href="https://ornek.example/">ornek.example</a>', "ornek.example"),
        ('&lt;<a href="mailto:a@ornek.example">a@ornek.example</a>&gt;', "<a@ornek.example>"),
        ('<a href="mailto:a@ornek.example?subject=x">Ayşe</a>', "Ayşe <a@ornek.example>"),
        ('<img src="https://x.example/l.png" alt="Ihlamur Ev">', "[Ihlamur Ev]"),
        ('Teşekkürler <img alt="😊" src="https://x.example/e.png">', "Teşekkürler 😊"),
        ("<pre>bir\n  iki</pre>", "bir\n  iki"),
        ("<blockquote>eski</blockquote>yeni", "> eski\nyeni"),
        ('<blockquote style="margin:0 0 0 40px;border:none;padding:0px">girintili</blockquote>', "girintili"),
        ("a&nbsp;b &amp; c &lt;d&gt;", "a b & c <d>"),
        ("<p>Bir   \n iki</p>", "Bir iki"),
        ("<html><head><title>Başlık</title></head><body>Gövde</body></html>", "Gövde"),
        ("açık <b>kalın", "açık kalın"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_html_reads_as_text(source: str, text: str):
    assert html.clean(source).text == text


def test_marks_in_the_source_are_not_taken_for_ours():
    assert html.clean("<p>a\ue000b</p>").text == "ab"


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<b>x<p>", "<table><tr><td>", "<blockquote>x<br>", "<", "<a ", "<!--", "<font><i><p></font>", "&#0;"],
)
def test_endless_html_comes_to_an_end(piece: str):
    cleaned = html.clean(piece * (100_000 // len(piece)))
    assert cleaned.html.count("<div>") <= html_source.N_DEPTH
    assert len(cleaned.text) < 20 * 100_000


@pytest.mark.parametrize(
    "piece",
    [
        "<div></x>",
        "<div><!--</div>-->",
        '<div><p title="</div>">',
        "<div a'></div 'b>",
        '<div a="></div>" >',
        "<select><b>",
        "<svg>",
        "<noscript>",
    ],
)
def test_nesting_cannot_be_hidden_behind_closings_that_close_nothing(piece: str):
    shown = html.clean(piece * (100_000 // len(piece))).html
    assert shown.count("<div>") <= html_source.N_DEPTH or "</div><div>" in shown


def test_a_long_page_is_cleaned_like_a_short_one():
    letter = (
        "<p class=MsoNormal>Merhaba<br/>Ayşe</P><table width=600><tr><td>1<td>2<tr><td>3</table><!-- not --><style>p{}</style>"
        "<ul><li>bir<li>iki</ul><a href='https://ornek.example/?a=1&amp;b=2' TITLE=x>bağ</a> a < b <img src=cid:r@1>"
    )
    short, long = html.clean(letter), html.clean(letter * 200)
    assert len(letter * 200) > html.N_HARMLESS
    assert long.html == short.html * 200


def test_a_thousand_open_paragraphs_are_a_thousand_paragraphs():
    assert html.clean("<p>bir satır" * 3_000).html.count("<p>") == 3_000
