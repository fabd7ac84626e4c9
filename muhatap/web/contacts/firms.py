"""Companies: the list by key, and one with its people."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muhatap.accounts.permissions import may
from muhatap.contacts import companies, exporting, finding
from muhatap.contacts.finding import Wanted
from muhatap.contacts.models import Company
from muhatap.contacts.paging import Cursor
from muhatap.shared import clock
from muhatap.web.common import spreadsheets
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.contacts import filters, lists, sidebar, toasts, words
from muhatap.web.contacts.forms import CompanyForm


@require_GET
@needs("contacts.read")
def show(request: HttpRequest) -> HttpResponse:
    q = filters.short(request.GET.get("q", ""))
    found = companies.page(q=q, cursor=Cursor.read(request.GET.get("at", "")))
    people = companies.n_contacts(found.rows)
    context = {
        "q": q,
        "rows": [(row, reverse("contacts:company", args=[row.pk]), people.get(row.pk, 0)) for row in found.rows],
        "pages": Pages(previous_url=_at(q, found.previous), next_url=_at(q, found.next)),
        "views": sidebar.groups(request, "companies"),
        "toasts": toasts.waiting(request),
        "export_url": f"{reverse('contacts:export_companies')}?{urlencode({'q': q})}"
        if may(visitor(request), "contacts.export")
        else "",
    }
    return render(request, "contacts/companies.html", context)


@require_GET
@needs("contacts.export")
def export(request: HttpRequest) -> Any:  # a stream, which Django does not count among its HttpResponses
    """The firms whose name has in it what the address asks."""
    q, now = filters.short(request.GET.get("q", "")), clock.now()
    rows = exporting.begin_companies(q=q, by=visitor(request), at=now)
    return spreadsheets.answer(rows, name=f"companies-{now:%Y-%m-%d}", is_xlsx=request.GET.get("as") == "xlsx")


@require_GET
@needs("contacts.read")
def page(request: HttpRequest, number: int) -> HttpResponse:
    company, now = get_object_or_404(Company, pk=number), clock.now()
    wanted = Wanted(company=company.pk)
    found = finding.page(wanted, at=now, cursor=Cursor.read(request.GET.get("at", "")))
    context = {
        "company": company,
        "rows": lists.rows(found.rows, now),
        "count": words.people(finding.bounded_count(wanted, at=now), finding.BOUND),
        "pages": Pages(previous_url=_at("", found.previous), next_url=_at("", found.next)),
        "edit_url": reverse("contacts:edit_company", args=[company.pk])
        if may(visitor(request), "contacts.edit")
        else "",
        "views": sidebar.groups(request, "companies"),
        "toasts": toasts.waiting(request),
    }
    return render(request, "contacts/company.html", context)


@needs("contacts.edit")
def edit(request: HttpRequest, number: int) -> HttpResponse:
    company = get_object_or_404(Company, pk=number)
    form = CompanyForm(request.POST or None, initial={"name": company.name, "domain": company.domain})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            companies.rename(
                company=company, name=told["name"], domain=told["domain"], by=visitor(request), at=clock.now()
            )
        except companies.NameTaken:
            form.add_error("name", _("Another company has this name."))
        else:
            toasts.later(request, _("The company is kept."))
            return redirect("contacts:company", company.pk)
    context = {"company": company, "form": form, "views": sidebar.groups(request, "companies")}
    return render(
        request, "contacts/edit_company.html", context | {"company_url": reverse("contacts:company", args=[company.pk])}
    )


def _at(q: str, cursor: Cursor | None) -> str:
    return f"{filters.address(Wanted(q=q), {})}&at={cursor.token()}" if cursor else ""
