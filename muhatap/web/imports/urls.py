from django.urls import path

from muhatap.web.imports import downloads, exports, listed, mappings, pages

app_name = "imports"
urlpatterns = [
    path("", pages.show_all, name="list"),
    path("new/", pages.new, name="new"),
    path("everything/", exports.show, name="everything"),
    path("everything/now/", exports.now, name="everything_now"),
    path("everything/<int:number>/", exports.download, name="export_file"),
    path("everything/<int:number>/stopping/", exports.stop, name="stop_export"),
    path("<int:number>/", pages.one, name="one"),
    path("<int:number>/now/", pages.now, name="now"),
    path("<int:number>/columns/", mappings.show, name="mapping"),
    path("<int:number>/reading/", mappings.read_again, name="read_again"),
    path("<int:number>/rows/", listed.show, name="listed"),
    path("<int:number>/dry-run/", pages.rehearse, name="rehearse"),
    path("<int:number>/run/", pages.run, name="run"),
    path("<int:number>/cancel/", pages.cancel, name="cancel"),
    path("<int:number>/undo/", pages.undo, name="undo"),
    path("<int:number>/rows.csv", downloads.rows, name="rows"),
]
