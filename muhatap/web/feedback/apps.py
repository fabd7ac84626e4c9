from django.apps import AppConfig


class WebFeedbackConfig(AppConfig):
    name = "muhatap.web.feedback"
    label = "web_feedback"
