"""Where a visit came from: campaign and click ids in its first address, else the site that led to it. Pure."""

from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from muhatap.shared.text import without_nul

CAMPAIGN = ("source", "medium", "campaign", "term", "content")
CLICKS = {
    "gclid": "google", "fbclid": "facebook", "msclkid": "microsoft", "ttclid": "tiktok", "twclid": "x",
    "li_fat_id": "linkedin", "yclid": "yandex",
}  # fmt: skip
GROUPS = {
    "search": "google bing yandex duckduckgo yahoo ecosia brave startpage qwant baidu",
    "social": "facebook instagram twitter linkedin lnkd pinterest tiktok youtube reddit eksisozluk whatsapp telegram vk",
    "ai": "chatgpt openai perplexity gemini copilot deepseek mistral",
    "mail": "mail outlook gmail webmail posta",
}
SHORT = {"t.co": "social", "x.com": "social", "youtu.be": "social", "t.me": "social"}
MAILED = {"email", "e-mail", "mail", "newsletter"}
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names.split()}
_MOST_PARAMETERS = 200
_UTM = {f"utm_{name}" for name in CAMPAIGN}


def campaign(url: str) -> dict[str, str]:
    """The utm_ values of an address, and the network whose click id it carries; empty values are left out."""
    query = _split(url).query
    told = dict(parse_qsl(query)) if query.count("&") < _MOST_PARAMETERS else {}
    found = {name: without_nul(told[f"utm_{name}"][:200]) for name in CAMPAIGN if told.get(f"utm_{name}")}
    clicked = next((network for parameter, network in CLICKS.items() if told.get(parameter)), "")
    return found | ({"click": clicked} if clicked else {})


def bare(url: str) -> str:
    """An address, or only its query, of which no parameter is left but its campaign and whose click led here; neither login nor fragment."""
    parts = _split(url)
    told = parse_qsl(parts.query) if parts.query.count("&") < _MOST_PARAMETERS else []
    kept = [(name, "1" if name in CLICKS else value) for name, value in told if name in CLICKS or name in _UTM]
    query = urlencode(kept, errors="replace")
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))


def source(*, url: str, referrer: str) -> str:
    """search, social, ai, mail, campaign, site (another one) or direct."""
    told, own, led = campaign(url), _host(url), _host(referrer)
    if told.get("medium", "").lower() in MAILED:
        return "mail"
    if told:
        return "campaign"
    return "direct" if led in ("", own) else SHORT.get(led) or _group(led)


def _group(host: str) -> str:
    """By the first name in it that we know: mail.google.com is mail, gemini.google.com an assistant, google.com.tr a search."""
    return next((_GROUP_OF[name] for name in host.split(".")[:-1] if name in _GROUP_OF), "site")


def _host(url: str) -> str:
    return (_split(url).hostname or "").lower().removeprefix("www.")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # an open bracket where a host should be
        return urlsplit("")
