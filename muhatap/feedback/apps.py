from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "muhatap.feedback"
    label = "feedback"
