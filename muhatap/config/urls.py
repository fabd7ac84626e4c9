"""Every address of the product. Areas bring their own; nothing here decides anything."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

handler400 = "muhatap.web.common.refused.unreadable"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="inbox:list"), name="home"),
    path("", include("muhatap.web.common.urls")),
    path("", include("muhatap.web.accounts.login_urls")),
    path("account/", include("muhatap.web.accounts.urls")),
    path("today/", include("muhatap.web.today.urls")),
    path("inbox/", include("muhatap.web.inbox.urls")),
    path("contacts/imports/", include("muhatap.web.imports.urls")),
    path("contacts/review/", include("muhatap.web.duplicates.urls")),
    path("contacts/", include("muhatap.web.contacts.urls")),
    path("posts/", include("muhatap.web.listening.post_urls")),
    path("promises/", include("muhatap.web.promises.urls")),
    path("cases/", include("muhatap.web.cases.urls")),
    path("understanding/", include("muhatap.web.understanding.urls")),
    path("search/", include("muhatap.web.search.urls")),
    path("insight/voice/", include("muhatap.web.insight.voice.urls")),
    path("insight/web/", include("muhatap.web.insight.web.urls")),
    path("insight/", include("muhatap.web.insight.urls")),
    path("sales/", include("muhatap.web.sales.urls")),
    path("visits/", include("muhatap.web.visits.log_urls")),
    path("triggers/", include("muhatap.web.triggers.task_urls")),
    path("assistant/", include("muhatap.web.assistant.urls")),
    path("notices/", include("muhatap.web.notices.urls")),
    path("rate/", include("muhatap.web.feedback.urls")),
    path("survey/", include("muhatap.web.feedback.open_urls")),
    path("surveys/", include("muhatap.web.feedback.survey_urls")),
    path("settings/", include("muhatap.web.settings.urls")),
    path("settings/service/", include("muhatap.web.service.urls")),
    path("settings/writing/", include("muhatap.web.writing.urls")),
    path("settings/assistant/", include("muhatap.web.assistant.setting_urls")),
    path("settings/automation/", include("muhatap.web.automation.urls")),
    path("settings/triggers/", include("muhatap.web.triggers.urls")),
    path("settings/listening/", include("muhatap.web.listening.urls")),
    path("settings/sites/", include("muhatap.web.visits.urls")),
    path("settings/shops/", include("muhatap.web.sales.shop_urls")),
    path("settings/developer/", include("muhatap.web.developer.urls")),
    path("", include("muhatap.api.urls")),
]
