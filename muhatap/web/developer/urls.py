"""Settings for those who connect other systems."""

from django.urls import path

from muhatap.web.developer import deliveries, hooks, keys, overview, reference

app_name = "developer"

urlpatterns = [
    path("", overview.show, name="index"),
    path("reference/", reference.show, name="reference"),
    path("keys/new/", keys.new, name="new_key"),
    path("keys/<int:pk>/revoke/", keys.revoke, name="revoke_key"),
    path("webhooks/new/", hooks.new, name="new_webhook"),
    path("webhooks/<int:pk>/", deliveries.listing, name="webhook"),
    path("webhooks/<int:pk>/edit/", hooks.edit, name="edit_webhook"),
    path("webhooks/<int:pk>/rotate/", hooks.rotate, name="rotate_secret"),
    path("webhooks/<int:pk>/test/", hooks.test, name="test_webhook"),
    path("webhooks/<int:pk>/on/", hooks.turn_on, name="webhook_on"),
    path("webhooks/<int:pk>/off/", hooks.turn_off, name="webhook_off"),
    path("webhooks/<int:pk>/delete/", hooks.delete, name="delete_webhook"),
    path("webhooks/<int:pk>/replay/", deliveries.replay_failed, name="replay_failed"),
    path("deliveries/<int:pk>/", deliveries.detail, name="delivery"),
    path("deliveries/<int:pk>/replay/", deliveries.replay, name="replay_delivery"),
]
