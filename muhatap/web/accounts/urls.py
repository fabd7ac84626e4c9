"""One's own account, staff, teams, the audit."""

from django.urls import path

from muhatap.web.accounts import audit, invitation, me, staff, teams

app_name = "accounts"

urlpatterns = [
    path("", me.show, name="me"),
    path("sessions/end/", me.end_sessions, name="end_sessions"),
    path("invitation/<str:token>/", invitation.accept, name="invitation"),
    path("staff/", staff.listing, name="staff"),
    path("staff/invite/", staff.invite, name="invite"),
    path("staff/<int:pk>/", staff.edit, name="person"),
    path("staff/<int:pk>/link/", staff.renew_link, name="renew_link"),
    path("staff/<int:pk>/deactivate/", staff.deactivate, name="deactivate"),
    path("staff/<int:pk>/reactivate/", staff.reactivate, name="reactivate"),
    path("teams/", teams.listing, name="teams"),
    path("teams/new/", teams.new, name="new_team"),
    path("teams/<int:pk>/", teams.edit, name="team"),
    path("teams/<int:pk>/delete/", teams.delete, name="delete_team"),
    path("audit/", audit.listing, name="audit"),
    path("audit/export/", audit.export, name="export_audit"),
    path("audit/check/", audit.check, name="check_audit"),
]
