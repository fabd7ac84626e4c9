"""What the tracker costs a page: its size, the time it takes of the page's own thread, what it moves there.

A shop's list and product page in a real browser whose processor is made four times slower, as a phone's is: read, scrolled and
clicked with the tracker and without it in turn. Beside the size stand those that others publish.

make bench NAME=tracker [SIZE=small]
"""

import argparse
import gzip
import json
import os
import shutil
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.report import at_most, progress, tell
from demo.storefront.goods import products
from demo.storefront.server import Shop, serve

SIZES = {"full": 20, "small": 2}
SCRIPT = Path(__file__).parents[1] / "embed" / "muhatap.js"
PUBLISHED = {"umami_3_1_not_minified": 3.6, "matomo_5_2": 21.9}  # KB packed by gzip -9, as these projects give them out
LARGEST_KB, MOST_MS = 6.0, 50.0  # a task of 50 ms is the shortest that browsers call long
SLOWER = 4
EVERY_US = 100  # between two looks of the profiler
WATCH = """
window.moved = 0; window.late = 0;
new PerformanceObserver((list) => list.getEntries().forEach((one) => { moved += one.hadRecentInput ? 0 : one.value; }))
  .observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach((one) => { late += one.duration; })).observe({ type: "longtask", buffered: true });
"""
Cost = dict[str, float]


class _Collector(BaseHTTPRequestHandler):
    """Gives out the script and takes events, and is no part of what is measured."""

    script = b""

    def do_GET(self) -> None:
        is_script = self.path.startswith("/embed/")
        body = self.script if is_script else json.dumps({"muhatap": {"consent": "asked"}}).encode()
        self._say(body, "text/javascript" if is_script else "application/json", is_packed=is_script)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._say(b'{"success":true}', "application/json")

    def do_OPTIONS(self) -> None:
        self._say(b"", "text/plain")

    def log_message(self, *arguments: object) -> None:
        pass

    def _say(self, body: bytes, kind: str, *, is_packed: bool = False) -> None:
        self.send_response(200)
        for name, value in (
            ("Content-Type", kind),
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Headers", "*"),
        ):
            self.send_header(name, value)
        if is_packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(SIZES), default="full")
    n = SIZES[parser.parse_args().size]
    _Collector.script = _packed()
    with (
        _standing(ThreadingHTTPServer(("127.0.0.1", 0), _Collector)) as collector,
        _standing(serve(Shop(collector, site_key="key"))) as told,
        _standing(serve(Shop(collector))) as alone,
        sync_playwright() as playwright,
    ):
        path = os.environ.get("MUHATAP_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path)
        costs: dict[str, list[Cost]] = {told: [], alone: []}
        for nth in range(n):
            for shop in (told, alone) if nth % 2 else (alone, told):
                costs[shop].append(_visit(browser, shop))
            progress(f"{nth + 1} of {n}: {costs[told][-1]['tracker_ms']:.1f} ms")
        browser.close()
    return int(not _tell(costs[told], costs[alone]))


def _packed() -> bytes:
    """What travels of the script; the settings are those of a check, since nothing is asked of a database."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="muhatap.config.settings", DATABASE_URL="postgresql://localhost/none",
        MUHATAP_SECRET_KEY="only-for-measuring-0123456789abcdef",
    )  # fmt: skip
    import django

    django.setup()
    from muhatap.api import embed

    return gzip.compress(embed.lean(SCRIPT.read_bytes()), 9)


def _tell(told: list[Cost], alone: list[Cost]) -> bool:
    def more(name: str) -> float:
        return round(max(_half(told, name) - _half(alone, name), 0.0), 4)

    figures = {
        "packed_kb": at_most(round(len(_Collector.script) / 1024, 2), LARGEST_KB, **PUBLISHED),
        "main_thread_ms_added": at_most(
            round(more("page_ms"), 1),
            MOST_MS,
            without=round(_half(alone, "page_ms"), 1),
            spread=round(max(cost["page_ms"] for cost in alone) - min(cost["page_ms"] for cost in alone), 1),
            by_the_clock_in_it=round(_half(told, "tracker_ms"), 1),
        ),
        "layout_shift_added": at_most(more("moved"), 0.0, without=round(_half(alone, "moved"), 4)),
        "long_tasks_added_ms": at_most(more("late"), 0.0, without=round(_half(alone, "late"), 1)),
    }
    return tell("tracker", figures, postgres="none", rounds=len(told), slower=SLOWER)


def _half(costs: list[Cost], name: str) -> float:
    return statistics.median(cost[name] for cost in costs)


def _visit(browser: Browser, shop: str) -> Cost:
    """A list that is scrolled through and a product that is looked at, in a browser that knows neither."""
    context = browser.new_context(base_url=shop, viewport={"width": 390, "height": 844})
    try:
        context.add_cookies([{"name": "onay", "value": "evet", "url": shop}])
        context.add_init_script(WATCH)
        page = context.new_page()
        cdp = context.new_cdp_session(page)
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        cdp.send("Performance.enable", {"timeDomain": "threadTicks"})  # of the processor: what else runs costs nothing
        cdp.send("Profiler.enable")
        cdp.send("Profiler.setSamplingInterval", {"interval": EVERY_US})
        first = next(iter(products()))
        costs = [_read(page, cdp, path) for path in ("/urunler/", f"/urun/{first}/")]
        return {name: sum(cost[name] for cost in costs) for name in costs[0]}
    finally:
        context.close()


def _read(page: Page, cdp: CDPSession, path: str) -> Cost:
    cdp.send("Profiler.start")
    page.goto(path, wait_until="load")
    for step in range(10):
        page.mouse.move(40 + 20 * step, 200 + 30 * step)
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(100)
    for button in page.locator("[data-view], [data-colour], .buy").all()[:4]:
        button.click()
    page.wait_for_timeout(2500)
    told = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    profile = cdp.send("Profiler.stop")["profile"]
    seen = page.evaluate("({ moved, late })")
    return {"tracker_ms": _of_script(profile), "page_ms": 1000 * told["TaskDuration"], **seen}


def _of_script(profile: dict[str, Any]) -> float:
    """Milliseconds in the tracker's own functions and in whatever these called."""
    parents = {child: node["id"] for node in profile["nodes"] for child in node.get("children", ())}
    of_script = {node["id"] for node in profile["nodes"] if "/embed/muhatap.js" in node["callFrame"]["url"]}
    took = 0.0
    for sample, passed in zip(profile["samples"], profile["timeDeltas"], strict=True):
        node: int | None = sample
        while node is not None and node not in of_script:
            node = parents.get(node)
        took += passed if node is not None else 0
    return took / 1000


@contextmanager
def _standing(server: ThreadingHTTPServer) -> Iterator[str]:
    """Its address, as long as it serves."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    raise SystemExit(main())
