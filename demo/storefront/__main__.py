"""python -m demo.storefront --muhatap http://localhost:8000 --key WRITE_KEY --secret SECRET --chat ihlamur-ev --chat-secret SECRET"""

from argparse import ArgumentParser

from demo.storefront.server import PASSWORD, Shop, serve


def main() -> None:
    asked = ArgumentParser(description="A small shop with the tracker and the chat of a Muhatap on it.")
    asked.add_argument("--muhatap", default="http://localhost:8000", help="where Muhatap stands")
    asked.add_argument("--key", default="", help="the site's write key; none leaves the tracker out")
    asked.add_argument("--secret", default="", help="the site's secret for signatures")
    asked.add_argument("--chat", default="", help="the chat's public key; none leaves the chat out")
    asked.add_argument("--chat-secret", default="", help="the chat's secret for signatures")
    asked.add_argument("--port", type=int, default=8100)
    told = asked.parse_args()
    shop = Shop(told.muhatap, told.key, told.secret, told.chat, told.chat_secret)
    server = serve(shop, port=told.port)
    print(f"Ihlamur Ev: http://localhost:{told.port}/ (accounts in goods.toml, password {PASSWORD})")
    server.serve_forever()


if __name__ == "__main__":
    main()
