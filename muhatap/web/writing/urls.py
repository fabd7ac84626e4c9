from django.urls import path

from muhatap.web.writing import canned, signatures

app_name = "writing"
urlpatterns = [
    path("", canned.listing, name="canned"),
    path("new/", canned.new, name="new_canned"),
    path("examples/", canned.add_examples, name="canned_examples"),
    path("preview/", canned.preview, name="preview"),
    path("<int:pk>/", canned.edit, name="canned_reply"),
    path("<int:pk>/removal/", canned.remove, name="remove_canned"),
    path("signatures/", signatures.listing, name="signatures"),
    path("signatures/new/", signatures.new, name="new_signature"),
    path("signatures/<int:pk>/", signatures.edit, name="signature"),
    path("signatures/<int:pk>/removal/", signatures.remove, name="remove_signature"),
]
