from django.urls import URLPattern, URLResolver

app_name = "assistant_settings"
urlpatterns: list[URLPattern | URLResolver] = []
