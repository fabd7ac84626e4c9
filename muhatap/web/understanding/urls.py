"""Readings, topics, and what was learned."""

from django.urls import path

from muhatap.web.understanding import behind, learned, readings, topics

app_name = "understanding"
urlpatterns = [
    path("topics/", topics.listing, name="topics"),
    path("topics/new/", topics.new, name="new_topic"),
    path("topics/<int:pk>/", topics.edit, name="topic"),
    path("topics/<int:pk>/archive/", topics.archive, name="archive_topic"),
    path("topics/<int:pk>/restore/", topics.restore, name="restore_topic"),
    path("topics/<int:pk>/merge/", topics.merge, name="merge_topic"),
    path("topics/merges/<int:pk>/undo/", topics.undo_merge, name="undo_merge"),
    path("learned/", learned.show, name="learned"),
    path("learned/messages/", behind.show, name="behind"),
    path("learned/<int:pk>/messages/", behind.learned_from, name="learned_from"),
    path("learned/<int:pk>/take-back/", learned.take_back, name="take_back_learned"),
    path("learned/now/", learned.refit, name="learn_now"),
    path("older/", learned.read_older, name="read_older"),
    path("older/messages/", behind.never_read, name="never_read"),
    path("older/stop/", learned.stop, name="stop_reading"),
    path("older/now/", learned.progress, name="older_now"),
    path("readings/<int:pk>/", readings.chips, name="why"),
    path("readings/<int:pk>/<slug:field>/", readings.field, name="field"),
    path("corrections/<int:pk>/take-back/", readings.take_back, name="take_back"),
]
