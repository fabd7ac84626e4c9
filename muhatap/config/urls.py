"""Every address of the product. Areas bring their own; nothing here decides anything."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
