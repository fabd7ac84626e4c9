"""Where a visit came from."""

import pytest

from muhatap.visits import origins

OWN = "https://www.ihlamurev.example/nevresim"


@pytest.mark.parametrize(
    ("url", "referrer", "source"),
    [
        (OWN, "", "direct"),
        (OWN, "https://ihlamurev.example/", "direct"),
        (OWN, "https://www.google.com.tr/", "search"),
        (OWN, "https://yandex.com.tr/search?text=nevresim", "search"),
        (OWN, "https://l.instagram.com/", "social"),
        (OWN, "https://t.co/abc", "social"),
        (OWN, "https://chatgpt.com/", "ai"),
        (OWN, "https://gemini.google.com/app", "ai"),
        (OWN, "https://mail.google.com/", "mail"),
        (OWN, "https://baska.example/", "site"),
        (f"{OWN}?gclid=abc", "https://www.google.com/", "campaign"),
        (f"{OWN}?wbraid=abc", "", "campaign"),
        (f"{OWN}?utm_source=x&utm_medium=Email", "", "mail"),
        (f"{OWN}?fbclid=IwAR0", "https://l.facebook.com/", "social"),  # any link out of there carries it, paid or not
        (f"{OWN}?fbclid=IwAR0", "", "social"),
        (f"{OWN}?fbclid=IwAR0&utm_campaign=kis", "https://l.facebook.com/", "campaign"),
        (f"{OWN}?utm_source=chatgpt.com", "", "ai"),  # assistants name themselves on the links they give
        (f"{OWN}?utm_source=perplexity", "", "ai"),
        (f"{OWN}?utm_source=chatgpt&utm_campaign=kis", "", "campaign"),
        (OWN, "https://claude.ai/", "ai"),
        (OWN, "https://ya.ru/", "search"),
        (OWN, "android-app://com.google.android.gm/", "mail"),
        ("https://[kirik", "https://[kirik", "direct"),
        (f"{OWN}?{'a=1&' * 5000}", "", "direct"),
    ],
)
def test_a_visit_comes_from(url: str, referrer: str, source: str) -> None:
    assert origins.source(url=url, referrer=referrer) == source


def test_a_campaign_is_read_from_the_address() -> None:
    told = origins.campaign(f"{OWN}?utm_source=bulten&utm_campaign=g%C3%BCz&utm_term=&fbclid=1")

    assert told == {"source": "bulten", "campaign": "güz", "click": "facebook"}
    assert origins.campaign(f"{OWN}?fbclid=1") == {}


@pytest.mark.parametrize(
    ("referrer", "source"),
    [
        ("https://blog.ihlamurev.example/bakim", "direct"),  # below the page's own host
        ("https://ihlamurev-outlet.example/", "direct"),  # another site of the firm
        ("https://www.ihlamurev-outlet.example/", "direct"),
        ("https://magaza.example/", "site"),  # above one of ours: a house with many tenants
        ("https://baskasi.magaza.example/", "site"),
        ("https://ihlamurev.example.kotu.example/", "site"),
        ("https://xihlamurev.example/", "site"),
        ("https://www.google.com/", "search"),
    ],
)
def test_the_firms_other_hosts_are_no_other_sites(referrer: str, source: str) -> None:
    ours = {"ihlamurev-outlet.example", "ihlamurev.magaza.example"}

    assert origins.source(url=OWN, referrer=referrer, ours=ours) == source
    assert origins.source(url=f"{OWN}?utm_campaign=kis", referrer=referrer, ours=ours) == "campaign"
