"""Working hours, holidays and SLA policies."""

from django.urls import path

from muhatap.web.service import holidays, hours, policies

app_name = "service"
urlpatterns = [
    path("policies/", policies.listing, name="policies"),
    path("policies/new/", policies.new, name="new_policy"),
    path("policies/<int:pk>/", policies.edit, name="policy"),
    path("policies/<int:pk>/move/", policies.move, name="move_policy"),
    path("policies/<int:pk>/archive/", policies.archive, name="archive_policy"),
    path("hours/", hours.listing, name="hours"),
    path("hours/new/", hours.new, name="new_hours"),
    path("hours/office/", hours.office, name="office_hours"),
    path("hours/<int:pk>/", hours.edit, name="edit_hours"),
    path("hours/<int:pk>/delete/", hours.delete, name="delete_hours"),
    path("holidays/", holidays.listing, name="holidays"),
    path("holidays/bring-in/", holidays.bring_in, name="bring_in_holidays"),
    path("holidays/new/", holidays.new, name="new_holiday"),
    path("holidays/<int:pk>/", holidays.edit, name="holiday"),
    path("holidays/<int:pk>/remove/", holidays.remove, name="remove_holiday"),
]
