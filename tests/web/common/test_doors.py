"""What every guarded page answers."""

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from muhatap.contacts.models import Contact
from muhatap.web.common.doors import needs
from tests import cast


@pytest.mark.django_db
def test_a_contact_deleted_while_it_was_changed_is_not_found(rf: RequestFactory) -> None:
    @needs("contacts.edit")
    def edit(request: HttpRequest) -> HttpResponse:
        raise Contact.DoesNotExist

    request = rf.post("/")
    request.user = cast.zeynep()
    with pytest.raises(Http404):
        edit(request)
