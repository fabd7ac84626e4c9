"""What the house does by itself: rules, macros, who takes the next conversation."""

from django.urls import path

from muhatap.web.automation import giving, log, macros, rehearsals, rules

app_name = "automation"
urlpatterns = [
    path("", rules.listing, name="rules"),
    path("rules/new/", rules.new, name="new_rule"),
    path("rules/examples/<slug:name>/", rules.add_example, name="example_rule"),
    path("rules/condition/", rules.condition_row, name="condition_row"),
    path("rules/action/", rules.action_row, name="action_row"),
    path("rules/<int:pk>/", rules.edit, name="rule"),
    path("rules/<int:pk>/switch/", rules.switch, name="switch_rule"),
    path("rules/<int:pk>/move/", rules.move, name="move_rule"),
    path("rules/<int:pk>/delete/", rules.delete, name="delete_rule"),
    path("rules/<int:pk>/log/", log.of_rule, name="log"),
    path("rules/<int:pk>/dry-run/", rehearsals.show, name="dry_run"),
    path("rules/<int:pk>/dry-run/now/", rehearsals.part, name="dry_run_now"),
    path("dry-runs/<int:pk>/stop/", rehearsals.stop, name="stop_dry_run"),
    path("firings/<int:pk>/", log.firing, name="firing"),
    path("macros/", macros.listing, name="macros"),
    path("macros/new/", macros.new, name="new_macro"),
    path("macros/examples/<slug:name>/", macros.add_example, name="example_macro"),
    path("macros/<int:pk>/", macros.edit, name="macro"),
    path("macros/<int:pk>/delete/", macros.delete, name="delete_macro"),
    path("macros/<int:pk>/moving/", macros.move, name="move_macro"),
    path("conversations/<int:number>/macros/", macros.menu, name="menu"),
    path("conversations/<int:number>/macros/<int:pk>/", macros.run, name="run_macro"),
    path("macro-runs/<int:pk>/undoing/", macros.undo, name="undo_macro"),
    path("giving/", giving.listing, name="giving"),
    path("giving/teams/<int:pk>/", giving.team, name="giving_team"),
    path("giving/people/<int:pk>/", giving.person, name="giving_person"),
    path("availability/", giving.availability, name="availability"),
    path("availability/<slug:state>/", giving.become, name="become"),
]
