"""Where a visit came from: campaign and click ids in its first address, else the site that led to it. Pure."""

from collections.abc import Collection, Mapping
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from muhatap.shared.text import without_nul

CAMPAIGN = ("source", "medium", "campaign", "term", "content")
CLICKS = {
    "gclid": "google", "gbraid": "google", "wbraid": "google", "dclid": "google", "fbclid": "facebook", "msclkid": "microsoft",
    "ttclid": "tiktok", "twclid": "x", "li_fat_id": "linkedin", "yclid": "yandex",
}  # fmt: skip
UNPAID = {"fbclid"}  # on every link that leads out of Facebook and Instagram, whoever put it there
GROUPS = {
    "search": "google bing yandex duckduckgo yahoo ecosia brave startpage qwant baidu kagi naver seznam mojeek",
    "social": "facebook instagram twitter linkedin lnkd pinterest tiktok youtube reddit eksisozluk whatsapp telegram vk threads bsky"
    " snapchat quora discord tumblr mastodon",
    "ai": "chatgpt openai perplexity gemini copilot deepseek mistral claude grok poe",
    "mail": "mail outlook gmail webmail posta",
}
SHORT = {
    "t.co": "social", "x.com": "social", "youtu.be": "social", "t.me": "social", "wa.me": "social", "fb.me": "social", "ya.ru": "search",
    "you.com": "ai", "com.google.android.gm": "mail",
}  # fmt: skip
MAILED = {"email", "e-mail", "mail", "newsletter"}
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names.split()}
_MOST_PARAMETERS = 200
_UTM = {f"utm_{name}" for name in CAMPAIGN}


def campaign(url: str) -> dict[str, str]:
    """The utm_ values of an address, and the network whose click id it carries; empty values are left out."""
    told = _parameters(url)
    found = {name: without_nul(told[f"utm_{name}"][:200]) for name in CAMPAIGN if told.get(f"utm_{name}")}
    clicks = (
        network for parameter, network in CLICKS.items() if told.get(parameter) and (found or parameter not in UNPAID)
    )
    clicked = next(clicks, "")
    return found | ({"click": clicked} if clicked else {})


def bare(url: str) -> str:
    """An address, or only its query, of which no parameter is left but its campaign and whose click led here; neither login nor fragment."""
    parts = _split(url)
    told = parse_qsl(parts.query) if parts.query.count("&") < _MOST_PARAMETERS else []
    kept = [(name, "1" if name in CLICKS else value) for name, value in told if name in CLICKS or name in _UTM]
    query = urlencode(kept, errors="replace")
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))


def source(*, url: str, referrer: str, ours: Collection[str] = ()) -> str:
    """search, social, ai, mail, campaign, site (another one) or direct. `ours` are hosts of the firm (`host`): what leads over from
    one of them, or from below one, is no other site."""
    told, own, led = campaign(url), host(url), host(referrer)
    if told.get("medium", "").lower() in MAILED:
        return "mail"
    if _is_of_assistant(told):
        return "ai"
    if told:
        return "campaign"
    if not led or _is_of(led, (own, *ours)):
        return "social" if _is_shared(url) else "direct"
    return SHORT.get(led) or _group(led)


def _is_of_assistant(told: Mapping[str, str]) -> bool:
    """Assistants put their own name, and nothing else, on the links they give."""
    name = told.get("source", "").lower()
    return told.keys() <= {"source", "medium"} and "ai" in (SHORT.get(name), _GROUP_OF.get(name), _group(name))


def _is_shared(url: str) -> bool:
    """Out of the app of a network, which says no referrer."""
    return not UNPAID.isdisjoint(_parameters(url))


def _parameters(url: str) -> dict[str, str]:
    query = _split(url).query
    return dict(parse_qsl(query)) if query.count("&") < _MOST_PARAMETERS else {}


def _group(host: str) -> str:
    """By the first name in it that we know: mail.google.com is mail, gemini.google.com an assistant, google.com.tr a search."""
    return next((_GROUP_OF[name] for name in host.split(".")[:-1] if name in _GROUP_OF), "site")


def _is_of(led: str, ours: Collection[str]) -> bool:
    """One of these hosts, or below one; never above: myshopify.com is not the firm of firma.myshopify.com."""
    return any(led == each or ("." in each and led.endswith(f".{each}")) for each in ours)


def host(url: str) -> str:
    """The host of an address, by which its pages are known as one site's: www.firma.com is firma.com."""
    return (_split(url).hostname or "").lower().removeprefix("www.")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # an open bracket where a host should be
        return urlsplit("")
