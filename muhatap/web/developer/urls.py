from django.urls import URLPattern

app_name = "developer"
urlpatterns: list[URLPattern] = []
