"""The addresses for machines and for other people's sites."""

from django.urls import path
from django.views.generic import RedirectView

from muhatap.api import embed, posts, shops, surveys
from muhatap.api.chat import api as chat
from muhatap.api.everyday import api as everyday
from muhatap.api.everyday import unknown

urlpatterns = [
    path("chat/v1/", chat.urls),
    path("api/v1/docs", RedirectView.as_view(pattern_name="developer:reference"), name="api-docs"),
    path("api/v1/", everyday.urls),
    path("api/v1/<path:rest>", unknown),
    path("hooks/posts/<str:key>/", posts.receive, name="listening-hook"),
    path("hooks/shops/<str:token>/", shops.receive, name="shop-hook"),
    path("embed/chat.js", embed.script, {"name": "chat.js"}),
    path("embed/muhatap.js", embed.script, {"name": "muhatap.js"}),
    path("embed/survey.js", embed.script, {"name": "survey.js"}),
    path("ask/v1/<str:key>", surveys.survey),
    path("demo/shop/", embed.shop),
    path("demo/shop.css", embed.shop_style),
]
