from django.urls import path

from muhatap.web.contacts import bulk, firms, lists, merges, pages, parts, settings, views

app_name = "contacts"
urlpatterns = [
    path("", lists.show, name="list"),
    path("new/", pages.create, name="new"),
    path("export/", bulk.export, name="export"),
    path("bulk/", bulk.act, name="bulk"),
    path("undo/", bulk.undo, name="undo"),
    path("views/", views.save, name="save_view"),
    path("views/<int:number>/removal/", views.remove, name="remove_view"),
    path("fields/", settings.show, name="fields"),
    path("fields/<int:number>/", settings.change, name="field"),
    path("fields/<int:number>/archiving/", settings.archive, name="archive_field"),
    path("fields/<int:number>/restoring/", settings.restore, name="restore_field"),
    path("fields/<int:number>/moving/", settings.move, name="move_field"),
    path("companies/", firms.show, name="companies"),
    path("companies/export/", firms.export, name="export_companies"),
    path("companies/<int:number>/", firms.page, name="company"),
    path("companies/<int:number>/edit/", firms.edit, name="edit_company"),
    path("merge/", merges.show, name="merge"),
    path("merges/<int:number>/undoing/", merges.undo, name="unmerge"),
    path("<int:number>/", pages.page, name="page"),
    path("<int:number>/edit/", pages.edit, name="edit"),
    path("<int:number>/history/", pages.history, name="history"),
    path("<int:number>/timeline/", pages.older, name="timeline"),
    path("<int:number>/merge/", merges.choose, name="choose_twin"),
    path("<int:number>/different/<int:other>/", merges.deny, name="deny"),
    path("<int:number>/tags/", parts.tag, name="tag"),
    path("<int:number>/tags/<int:tag>/removal/", parts.untag, name="untag"),
    path("<int:number>/notes/", parts.note, name="note"),
    path("<int:number>/notes/<int:note>/removal/", parts.remove_note, name="remove_note"),
    path("<int:number>/identities/", parts.identities, name="identities"),
    path("<int:number>/identities/new/", parts.add_identity, name="add_identity"),
    path("<int:number>/identities/<int:one>/removal/", parts.remove_identity, name="remove_identity"),
    path("<int:number>/identities/<int:one>/verification/", parts.verify_identity, name="verify_identity"),
]
