"""The addresses for machines and for other people's sites."""

from django.urls import path

from muhatap.api import embed
from muhatap.api.chat import api as chat

urlpatterns = [
    path("chat/v1/", chat.urls),
    path("embed/chat.js", embed.script),
    path("demo/shop/", embed.shop),
    path("demo/shop.css", embed.shop_style),
]
