"""The services with an API, each against a server of this machine that answers as its documents say."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from muhatap.channels import registry
from muhatap.channels.bluesky.sessions import Session
from muhatap.channels.contract import Address, Outbound, Receipt, Uncertain
from muhatap.channels.hook import adapter as hook
from muhatap.channels.listening.asking import NotHeard
from muhatap.channels.listening.trouble import Trouble
from muhatap.channels.mastodon import adapter as mastodon
from muhatap.shared import secrets
from tests import cast
from tests.channels.listening.recorded import FOLDER
from tests.channels.listening.site import Asked, Said, Site, of_json, site

__all__ = ["site"]


def recorded(kind: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_bytes())
    return told


def answer(to: str, text: str = "Hemen bakıyoruz. https://ihlamurev.example/iade") -> Outbound:
    return Outbound(
        message_id="<m1@ihlamurev.example>", at=cast.NOW, sender=Address(email=""), to=(), text=text, in_reply_to=to
    )


def sent(kind: str, settings: dict[str, Any], outbound: Outbound) -> tuple[Receipt, int]:
    handed: list[bool] = []
    receipt = registry.adapter(kind).send(outbound, settings, lambda: handed.append(True), at=cast.NOW)
    return receipt, len(handed)


def google(site: Site) -> dict[str, Any]:
    site.answers["POST /token"] = of_json({"access_token": "kisa", "expires_in": 3600})
    return {
        "api_url": f"{site.url}/api",
        "token_url": f"{site.url}/token",
        "client_id": "c",
        "client_secret_sealed": secrets.seal("s"),
        "refresh_token_sealed": secrets.seal("r"),
    }


def of_mastodon(site: Site) -> dict[str, Any]:
    return {"server": site.url, "token_sealed": secrets.seal("t-1"), "tags": ["ihlamurev"], "account_id": "7"}


def test_mastodon_is_read_upwards_from_what_was_seen(site: Site) -> None:
    status = recorded("mastodon")
    ours = {**status, "id": "113500000000000009", "account": {**status["account"], "id": "7"}}
    site.answers["GET /api/v1/notifications"] = of_json([{"id": "31", "type": "mention", "status": status}])
    site.answers["GET /api/v1/timelines/tag/ihlamurev"] = of_json([ours, status])
    look = mastodon.ADAPTER.look(of_mastodon(site), {"mentions": "9"})  # type: ignore[attr-defined]

    assert [heard.key for heard in look.heard] == ["113500000000000001:"]
    assert dict(look.mark) == {"mentions": "31", "#ihlamurev": "113500000000000009"}
    asked = site.last("/api/v1/notifications")
    assert (asked.query["min_id"], asked.headers["authorization"]) == (["9"], "Bearer t-1")


@pytest.mark.parametrize(("visibility", "expected"), [("public", "public"), ("direct", "direct"), ("odd", "direct")])
def test_mastodon_is_answered_as_it_was_written(site: Site, visibility: str, expected: str) -> None:
    status = {**recorded("mastodon"), "visibility": visibility}
    site.answers[f"GET /api/v1/statuses/{status['id']}"] = of_json(status)
    site.answers["POST /api/v1/statuses"] = of_json({"id": "113500000000000777"})
    receipt, n_handed = sent("mastodon", of_mastodon(site), answer(status["id"]))

    posted = site.last("/api/v1/statuses")
    assert (receipt.state, receipt.provider_id, n_handed) == ("accepted", "113500000000000777", 1)
    assert posted.json()["status"].startswith("@ayse Hemen") and posted.json()["visibility"] == expected
    assert posted.headers["idempotency-key"] == "<m1@ihlamurev.example>"


def test_mastodon_says_what_became_of_posts(site: Site) -> None:
    status = {**recorded("mastodon"), "edited_at": "2026-11-21T10:00:00.000Z"}
    site.answers[f"GET /api/v1/statuses/{status['id']}"] = of_json(status)
    changed, erased = mastodon.ADAPTER.recheck(of_mastodon(site), [status["id"], "404"])  # type: ignore[attr-defined]

    assert changed.key == f"{status['id']}:2026-11-21T10:00:00.000Z"
    assert mastodon.ADAPTER.translate(erased.raw, {}).is_erased


def test_mastodon_tells_how_long_its_posts_may_be(site: Site) -> None:
    site.answers["GET /api/v1/accounts/verify_credentials"] = of_json({"id": "7", "acct": "ihlamurev"})
    site.answers["GET /api/v2/instance"] = of_json({"configuration": {"statuses": {"max_characters": 1000}}})
    told = mastodon.introduce(of_mastodon(site))

    assert told == {"account": "ihlamurev", "account_id": "7", "max_length": 1000}
    assert mastodon.ADAPTER.limits(told).max_length == 968


def of_bluesky(site: Site) -> dict[str, Any]:
    given = {"did": "did:plc:firma", "accessJwt": "a1", "refreshJwt": "r1"}
    site.answers["POST /xrpc/com.atproto.server.createSession"] = of_json(given)
    return {
        "server": site.url,
        "handle": "@ihlamurev.example",
        "password_sealed": secrets.seal("p"),
        "search": ["ihlamur ev"],
    }


def test_bluesky_is_read_once_from_notifications_and_searches(site: Site) -> None:
    post, settings = recorded("bluesky"), of_bluesky(site)
    site.answers["GET /xrpc/app.bsky.notification.listNotifications"] = of_json({"notifications": [post]})
    found = {key: value for key, value in post.items() if key != "reason"}
    mine = {
        **found,
        "uri": "at://did:plc:firma/app.bsky.feed.post/1",
        "author": {"did": "did:plc:firma", "handle": "f"},
    }
    site.answers["GET /xrpc/app.bsky.feed.searchPosts"] = of_json({"posts": [found, mine]})
    look = registry.adapter("bluesky").look(settings, {})  # type: ignore[attr-defined]
    again = registry.adapter("bluesky").look(settings, look.mark)  # type: ignore[attr-defined]

    assert (
        [heard.key for heard in look.heard] == [f"{post['uri']}:{post['cid']}"] == [heard.key for heard in again.heard]
    )
    assert look.mark["seen"] == post["indexedAt"] and "a1" not in look.mark["session_sealed"]
    assert sum(asked.path.endswith("createSession") for asked in site.asked) == 1


def test_bluesky_renews_its_access(site: Site) -> None:
    settings = of_bluesky(site)

    def notifications(asked: Asked) -> Said:
        if asked.headers["authorization"] == "Bearer a1":
            return of_json({"error": "ExpiredToken", "message": "Token has expired"}, 400)
        return of_json({"notifications": []})

    site.answers["GET /xrpc/app.bsky.notification.listNotifications"] = notifications
    site.answers["GET /xrpc/app.bsky.feed.searchPosts"] = of_json({"posts": []})
    renewed = {"did": "did:plc:firma", "accessJwt": "a2", "refreshJwt": "r2"}
    site.answers["POST /xrpc/com.atproto.server.refreshSession"] = of_json(renewed)
    registry.adapter("bluesky").look(settings, {})  # type: ignore[attr-defined]

    assert site.last("/xrpc/com.atproto.server.refreshSession").headers["authorization"] == "Bearer r1"
    assert site.last("/xrpc/app.bsky.feed.searchPosts").headers["authorization"] == "Bearer a2"


def test_bluesky_logs_in_anew_when_a_kept_session_is_worth_nothing(site: Site) -> None:
    settings = of_bluesky(site)
    stale = Session(server=site.url, did="did:plc:firma", access="a0", refresh="r0").sealed

    def notifications(asked: Asked) -> Said:
        is_new = asked.headers["authorization"] == "Bearer a1"
        return of_json({"notifications": []}) if is_new else of_json({"error": "ExpiredToken"}, 400)

    site.answers["GET /xrpc/app.bsky.notification.listNotifications"] = notifications
    site.answers["POST /xrpc/com.atproto.server.refreshSession"] = of_json({"error": "ExpiredToken"}, 400)
    site.answers["GET /xrpc/app.bsky.feed.searchPosts"] = Said(503)
    with pytest.raises(NotHeard) as failed:
        registry.adapter("bluesky").look(settings, {"seen": "2026-11-20", "session_sealed": stale})  # type: ignore[attr-defined]

    mark = failed.value.mark
    assert mark is not None and mark["seen"] == "2026-11-20"  # and the new session is kept although the look failed
    assert json.loads(secrets.unseal(mark["session_sealed"]))[2:] == ["a1", "r1"]


def test_bluesky_goes_on_with_a_search_where_the_last_look_ended(site: Site) -> None:
    post, settings = recorded("bluesky"), of_bluesky(site)
    site.answers["GET /xrpc/app.bsky.notification.listNotifications"] = of_json({"notifications": []})

    def posts(asked: Asked) -> Said:
        page = int(asked.query.get("cursor", ["0"])[0])
        found = {**post, "uri": f"{post['uri']}{page}", "indexedAt": f"2026-11-21T10:00:{59 - page:02}Z"}
        return of_json({"posts": [found], **({"cursor": str(page + 1)} if page < 7 else {})})

    site.answers["GET /xrpc/app.bsky.feed.searchPosts"] = posts
    first = registry.adapter("bluesky").look(settings, {"seen": "2026-11-20"})  # type: ignore[attr-defined]
    second = registry.adapter("bluesky").look(settings, first.mark)  # type: ignore[attr-defined]

    assert (len(first.heard), len(second.heard)) == (5, 3)
    assert (first.mark["seen"], second.mark["seen"]) == ("2026-11-20", "2026-11-21T10:00:59Z")


def test_bluesky_is_answered_below_the_post_with_its_links(site: Site) -> None:
    post, settings = recorded("bluesky"), of_bluesky(site)
    root = {"uri": "at://did:plc:x/app.bsky.feed.post/root", "cid": "bafyroot"}
    shown = {**post, "record": {**post["record"], "reply": {"root": root, "parent": root}}}
    site.answers["GET /xrpc/app.bsky.feed.getPosts"] = of_json({"posts": [shown]})
    site.answers["POST /xrpc/com.atproto.repo.createRecord"] = of_json(
        {"uri": "at://did:plc:firma/app.bsky.feed.post/9"}
    )
    receipt, _n = sent("bluesky", settings, answer(post["uri"]))

    record = site.last("/xrpc/com.atproto.repo.createRecord").json()["record"]
    link = record["facets"][0]["index"]
    assert receipt.provider_id == "at://did:plc:firma/app.bsky.feed.post/9"
    assert record["reply"] == {"root": root, "parent": {"uri": post["uri"], "cid": post["cid"]}}
    assert record["text"].encode()[link["byteStart"] : link["byteEnd"]] == b"https://ihlamurev.example/iade"


def test_what_broke_off_while_it_was_handed_over_is_not_known(site: Site) -> None:
    post, settings = recorded("bluesky"), of_bluesky(site)
    site.answers["GET /xrpc/app.bsky.feed.getPosts"] = of_json({"posts": [post]})
    site.answers["POST /xrpc/com.atproto.repo.createRecord"] = Said(is_cut=True)

    with pytest.raises(Uncertain):
        sent("bluesky", settings, answer(post["uri"]))


def test_youtube_is_read_with_a_key_and_answered_with_leave(site: Site) -> None:
    comment = recorded("youtube")
    reply = {**comment, "id": f"{comment['id']}.8x", "snippet": {**comment["snippet"], "parentId": comment["id"]}}
    ours = {**reply, "id": "ours", "snippet": {**reply["snippet"], "authorChannelId": {"value": "UCihlamurev"}}}
    snippet = {"videoId": "vid12345", "topLevelComment": comment, "totalReplyCount": 2}
    thread = {"snippet": snippet, "replies": {"comments": [reply, ours]}}
    site.answers["GET /api/commentThreads"] = of_json({"items": [thread]})
    reading = {"channel_id": "UCihlamurev", "api_key_sealed": secrets.seal("k-1"), "api_url": f"{site.url}/api"}
    look = registry.adapter("youtube").look(reading, {})  # type: ignore[attr-defined]
    site.answers["POST /api/comments"] = of_json({"id": "yeni"})
    receipt, _n = sent("youtube", google(site), answer(reply["id"]))

    assert len(look.heard) == 2 and site.last("/api/commentThreads").query["key"] == ["k-1"]
    assert registry.adapter("youtube").translate(look.heard[1].raw, {}).in_reply_to == comment["id"]
    assert site.last("/api/comments").json()["snippet"]["parentId"] == comment["id"]
    assert (receipt.provider_id, site.last("/api/comments").headers["authorization"]) == ("yeni", "Bearer kisa")


def test_youtube_reads_the_pages_it_did_not_come_to_at_the_next_look(site: Site) -> None:
    comment = recorded("youtube")

    def threads(asked: Asked) -> Said:
        token = asked.query.get("pageToken", ["0"])[0]
        if token == "lost":
            return of_json({"error": "invalidPageToken"}, 400)
        snippet = {**comment["snippet"], "publishedAt": f"2026-11-21T10:00:{59 - int(token):02}Z"}
        top = {**comment, "id": f"Ug{token}", "snippet": snippet}
        more = {"nextPageToken": str(int(token) + 1)} if int(token) < 6 else {}
        return of_json({"items": [{"snippet": {"topLevelComment": top}}], **more})

    site.answers["GET /api/commentThreads"] = threads
    settings = {"channel_id": "UCihlamurev", "api_key_sealed": secrets.seal("k-1"), "api_url": f"{site.url}/api"}
    youtube = registry.adapter("youtube")
    first = youtube.look(settings, {"seen": "2026-11-20"})  # type: ignore[attr-defined]
    second = youtube.look(settings, first.mark)  # type: ignore[attr-defined]
    with pytest.raises(NotHeard) as failed:
        youtube.look(settings, {**first.mark, "cursors": {"threads": "lost"}})  # type: ignore[attr-defined]

    assert (len(first.heard), len(second.heard)) == (5, 2)
    assert (first.mark["seen"], second.mark) == ("2026-11-20", {"seen": "2026-11-21T10:00:59Z"})
    assert failed.value.mark == {"seen": "2026-11-20"}  # from the top again


def test_reviews_are_read_on_where_the_last_look_ended(site: Site) -> None:
    review, settings = recorded("google_reviews"), {**google(site), "location": "accounts/101/locations/202"}

    def reviews(asked: Asked) -> Said:
        page = int(asked.query.get("pageToken", ["0"])[0])
        found = {**review, "name": f"{review['name']}{page}", "updateTime": f"2026-11-21T10:00:{59 - page:02}Z"}
        return of_json({"reviews": [found], **({"nextPageToken": str(page + 1)} if page < 4 else {})})

    site.answers["GET /api/accounts/101/locations/202/reviews"] = reviews
    first = registry.adapter("google_reviews").look(settings, {"seen": "2026-11-20"})  # type: ignore[attr-defined]
    second = registry.adapter("google_reviews").look(settings, first.mark)  # type: ignore[attr-defined]

    assert (len(first.heard), len(second.heard)) == (4, 1)
    assert (first.mark["seen"], second.mark) == ("2026-11-20", {"seen": "2026-11-21T10:00:59Z"})


def test_a_review_is_read_and_replied_to(site: Site) -> None:
    review, settings = recorded("google_reviews"), {**google(site), "location": "accounts/101/locations/202"}
    site.answers["GET /api/accounts/101/locations/202/reviews"] = of_json({"reviews": [review]})
    site.answers[f"PUT /api/{review['name']}/reply"] = of_json({"comment": "x"})
    look = registry.adapter("google_reviews").look(settings, {})  # type: ignore[attr-defined]
    inbound = registry.adapter("google_reviews").translate(look.heard[0].raw, {"received_at": cast.NOW.isoformat()})
    receipt, n_handed = sent("google_reviews", settings, answer(inbound.external_id, "Üzgünüz."))

    assert (inbound.rating, inbound.subject, inbound.text) == (2, "★★☆☆☆", "Vazo kırık geldi.")
    assert (receipt.state, n_handed) == ("accepted", 1)
    assert site.last(f"/api/{review['name']}/reply").json() == {"comment": "Üzgünüz."}


def test_a_review_without_words_or_name_is_its_stars(site: Site) -> None:
    told = recorded("google_reviews") | {
        "comment": "",
        "reviewer": {"isAnonymous": True, "displayName": "A Google user"},
    }
    inbound = registry.adapter("google_reviews").translate(json.dumps(told).encode(), {})

    assert (inbound.text, inbound.sender.name, inbound.sender.is_verified) == ("★★☆☆☆", "", False)


@pytest.mark.parametrize(("status", "state"), [(400, "failed"), (401, "retry"), (429, "retry"), (503, "retry")])
def test_a_refusal_is_for_now_or_for_good(site: Site, status: int, state: str) -> None:
    settings = google(site)
    site.answers["POST /api/comments"] = of_json({"error": "no"}, status)

    assert sent("youtube", settings, answer("x"))[0].state == state


def test_leave_that_was_taken_back_is_asked_for_again(site: Site) -> None:
    settings = {**google(site), "location": "accounts/101/locations/202"}
    site.answers["POST /token"] = of_json({"error": "invalid_grant"}, 400)
    with pytest.raises(NotHeard) as failed:
        registry.adapter("google_reviews").look(settings, {})  # type: ignore[attr-defined]

    assert failed.value.trouble == Trouble.LOGIN


def test_only_who_knows_the_secret_may_tell() -> None:
    settings, body = {"secret_sealed": secrets.seal("gizli")}, b'{"id": 1, "text": "x"}'
    signed = "sha256=" + hmac.new(b"gizli", body, hashlib.sha256).hexdigest()
    assert hook.may_tell(settings, body, authorization="Bearer gizli", signature="")
    assert hook.may_tell(settings, body, authorization="", signature=signed)
    assert not hook.may_tell(settings, body + b" ", authorization="", signature=signed)
    assert not hook.may_tell(settings, body, authorization="Bearer gizli", signature="sha256=0")
    assert not hook.may_tell({}, body, authorization="Bearer ", signature="")
    assert not hook.may_tell(settings, body, authorization="", signature="sha256=ğ")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'"x"', b'{"text": "x"}', b"[" + b"{}," * 300 + b"{}]", b'[{"id": 1}, 5]']
)
def test_a_body_that_is_none_is_refused_whole(body: bytes) -> None:
    with pytest.raises(hook.BadBody):
        hook.posts(body)
