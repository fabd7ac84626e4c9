"""A forum where people talk about the shop: what they post, and its feed."""

from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from demo import days

SITE = "https://forum.ornek.example"
ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True)
class Post:
    """`at` as the demo writes moments."""

    number: int
    author: str
    at: str
    title: str
    text: str


POSTS = (
    Post(
        4790,
        "keten_sever",
        "-5d 21:14",
        "Keten nevresim tavsiyesi",
        "Ihlamur Ev’in keten nevresimini iki yıldır kullanıyoruz, yıkandıkça güzelleşiyor. Tavsiye ederim.",
    ),
    Post(
        4796,
        "mavi perde",
        "-4d 19:40",
        "Fon perde boyu",
        "Ihlamur Ev’in fon perdeleri 260 cm geliyor, kısaltmayı kendileri yapıyor. Biz memnun kaldık, teşekkürler.",
    ),
    Post(
        4803,
        "esra_k",
        "-3d 22:05",
        "Bebek odası için kumaş",
        "Şile bezi bebek için uygun mu bilen var mı? Ihlamur Ev’de organik olanını gördüm.",
    ),
    Post(
        4812,
        "ayse_izmir",
        "-2d 20:31",
        "Ihlamur Ev siparişim iki haftadır gelmedi",
        "Nevresim takımını iki hafta önce aldım, kargo hâlâ çıkmadı. Aradım, kimse bilmiyor. Param da kartımdan çekildi. "
        "Böyle bir teslimat olmaz, bir an önce gönderilsin.",
    ),
    Post(
        4815,
        "keten_sever",
        "-2d 21:02",
        "Ynt: Ihlamur Ev siparişim iki haftadır gelmedi",
        "Bana üç günde gelmişti, geçmiş olsun.",
    ),
)


def feed(*, now: datetime, posts: tuple[Post, ...] = POSTS) -> bytes:
    """The forum's Atom feed as it would be at a moment, newest first."""
    root = Element(f"{ATOM}feed")
    SubElement(root, f"{ATOM}title").text = "Ev Forumu: Alışveriş"
    SubElement(root, f"{ATOM}id").text = f"{SITE}/akis.atom"
    SubElement(root, f"{ATOM}updated").text = now.isoformat()
    for post in sorted(posts, key=lambda post: days.moment(post.at, now), reverse=True):
        _write(SubElement(root, f"{ATOM}entry"), post, days.moment(post.at, now).isoformat())
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _write(entry: Element, post: Post, at: str) -> None:
    told = {"id": f"{SITE}/ileti/{post.number}", "title": post.title, "published": at, "updated": at}
    for name, text in told.items():
        SubElement(entry, f"{ATOM}{name}").text = text
    SubElement(entry, f"{ATOM}link", href=f"{SITE}/konu/312#ileti-{post.number}")
    author = SubElement(entry, f"{ATOM}author")
    SubElement(author, f"{ATOM}name").text = post.author
    SubElement(author, f"{ATOM}uri").text = f"{SITE}/uye/{post.author.replace(' ', '-')}"
    SubElement(entry, f"{ATOM}content", type="text").text = post.text
