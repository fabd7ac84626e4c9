"""Addresses of no area. The gallery is for those who build pages and for the tests that look at them."""

from django.urls import path

from muhatap.web.common import gallery

urlpatterns = [path("gallery/", gallery.show, name="gallery")]
