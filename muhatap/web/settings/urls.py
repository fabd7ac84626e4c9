"""What can be set, for those who may."""

from django.urls import path

from muhatap.web.settings import chats, connecting, health, how_long, inboxes, index, quarantine, replaying

app_name = "settings"

urlpatterns = [
    path("", index.show, name="index"),
    path("inboxes/", inboxes.listing, name="inboxes"),
    path("inboxes/new/", inboxes.new, name="new_inbox"),
    path("inboxes/new-chat/", chats.new, name="new_chat"),
    path("inboxes/<int:pk>/chat/", chats.edit, name="chat"),
    path("inboxes/<int:pk>/chat/secret/", chats.renew_secret, name="chat_secret"),
    path("inboxes/connected/", connecting.returned, name="connected"),
    path("inboxes/<int:pk>/", health.show, name="health"),
    path("inboxes/<int:pk>/edit/", inboxes.edit, name="inbox"),
    path("inboxes/<int:pk>/connect/", connecting.connect, name="connect"),
    path("inboxes/<int:pk>/fetch/", health.fetch, name="fetch"),
    path("inboxes/<int:pk>/stop/", health.stop, name="stop_fetching"),
    path("inboxes/<int:pk>/items/", health.items, name="items"),
    path("inboxes/<int:pk>/outgoing/", health.outgoing, name="outgoing"),
    path("items/<int:pk>/replay/", replaying.one, name="replay"),
    path("inboxes/<int:pk>/replay/", replaying.span, name="replay_span"),
    path("keeping/", how_long.edit, name="keeping"),
    path("quarantine/", quarantine.listing, name="quarantine"),
    path("quarantine/<int:pk>/", quarantine.detail, name="quarantined"),
    path("quarantine/<int:pk>/source/", quarantine.source, name="source"),
    path("quarantine/<int:pk>/retry/", quarantine.retry, name="retry"),
    path("quarantine/<int:pk>/leave/", quarantine.leave, name="leave"),
]
