from django.urls import path

from muhatap.web.inbox import acts, answering, pages, rearranged, served

app_name = "inbox"
urlpatterns = [
    path("", pages.front, name="list"),
    path("views/", pages.views, name="views"),
    path("in/<str:view>/", pages.view, name="view"),
    path("in/<str:view>/rows/", pages.rows_again, name="rows"),
    path("in/<str:view>/more/", pages.more, name="more"),
    path("of/<int:contact_id>/", pages.of_contact, name="of_contact"),
    path("<int:number>/", pages.conversation, name="conversation"),
    path("<int:number>/thread/", pages.thread, name="thread"),
    path("<int:number>/earlier/", pages.earlier, name="earlier"),
    path("<int:number>/card/", pages.card_again, name="card"),
    path("<int:number>/assignee/", acts.assign, name="assign"),
    path("<int:number>/snooze/", acts.snooze, name="snooze"),
    path("<int:number>/closure/", acts.resolve, name="resolve"),
    path("<int:number>/reopening/", acts.reopen, name="reopen"),
    path("<int:number>/spam/", acts.spam, name="spam"),
    path("<int:number>/tags/", acts.tag, name="tag"),
    path("<int:number>/tags/<int:tag>/removal/", acts.untag, name="untag"),
    path("<int:number>/contact-note/", acts.contact_note, name="contact_note"),
    path("<int:number>/message/", answering.send, name="send"),
    path("<int:number>/draft/", answering.draft, name="draft"),
    path("<int:number>/reading/", answering.read, name="read"),
    path("<int:number>/files/", answering.upload, name="upload"),
    path("<int:number>/files/<slug:sha256>/removal/", answering.remove_file, name="remove_file"),
    path("<int:number>/merge/", rearranged.merge, name="merge"),
    path("messages/<int:message>/taking-back/", answering.take_back, name="take_back"),
    path("messages/<int:message>/split/", rearranged.split, name="split"),
    path("messages/<int:message>/move/", rearranged.move, name="move"),
    path("messages/<int:message>/images/", served.images, name="images"),
    path("messages/<int:message>/image/", served.image, name="image"),
    path("rearrangements/<int:number>/undoing/", rearranged.put_back, name="put_back"),
    path("sendings/<int:outgoing>/<slug:how>/", acts.settle, name="settle"),
    path("files/<int:number>/", served.file, name="file"),
]
