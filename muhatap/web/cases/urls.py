"""Cases, and what quality costs."""

from django.urls import path

from muhatap.web.cases import causes, listed, lost, one, opening, pages, rates, report, saved

app_name = "cases"
urlpatterns = [
    path("", pages.listing, name="list"),
    path("export/", pages.export, name="export"),
    path("views/", saved.save, name="save_view"),
    path("views/<int:number>/removal/", saved.remove, name="remove_view"),
    path("to/<int:contact>/", opening.new, name="new"),
    path("of/<int:contact>/", opening.of_contact, name="of_contact"),
    path("<int:number>/", one.show, name="one"),
    path("<int:number>/edit/", one.edit, name="edit"),
    path("<int:number>/taking/", one.take, name="take"),
    path("<int:number>/waiting/", one.wait, name="wait"),
    path("<int:number>/going-on/", one.go_on, name="go_on"),
    path("<int:number>/resolution/", one.resolve, name="resolve"),
    path("<int:number>/closing/", one.close, name="close"),
    path("<int:number>/reopening/", one.reopen, name="reopen"),
    path("<int:number>/compensation/", one.compensate, name="compensate"),
    path("<int:number>/compensation/<int:given>/removal/", one.uncompensate, name="uncompensate"),
    path("<int:number>/costs/", one.spend, name="spend"),
    path("<int:number>/costs/<int:cost>/removal/", one.unspend, name="unspend"),
    path("<int:number>/former/", one.repeat, name="repeat"),
    path("<int:number>/conversations/<int:conversation>/", opening.tie, name="tie"),
    path("cost/", report.show, name="report"),
    path("cost/export/", report.export, name="report_export"),
    path("cost/rows/", listed.show, name="costs"),
    path("cost/rows/<int:cost>/removal/", listed.take_back, name="take_cost_back"),
    path("cost/lost/", lost.show, name="lost"),
    path("cost/lost/customers/", lost.customers, name="lost_customers"),
    path("cost/new/", listed.new, name="new_cost"),
    path("causes/", causes.listing, name="causes"),
    path("causes/new/", causes.edit, name="new_cause"),
    path("causes/usual/", causes.usual, name="usual_causes"),
    path("causes/<int:pk>/", causes.edit, name="cause"),
    path("causes/<int:pk>/archive/", causes.archive, name="archive_cause"),
    path("causes/<int:pk>/back/", causes.bring_back, name="bring_back_cause"),
    path("causes/<int:pk>/merge/", causes.merge, name="merge_cause"),
    path("rates/", rates.listing, name="rates"),
    path("rates/<int:pk>/withdrawal/", rates.withdraw, name="withdraw_rate"),
]
