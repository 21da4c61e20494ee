"""Logging in, and what everybody may change about themselves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.http import HtmxRequest, page, way_back
from people.forms import ProfileForm
from people.models import User

log_in = login_not_required(
    LoginView.as_view(template_name="people/login.html", redirect_authenticated_user=True)
)


def profile(request: HtmxRequest) -> HttpResponse:
    """Who I am here, in which language and time zone I read."""
    form = ProfileForm(request.POST or None, instance=User.objects.get(username=request.user.get_username()))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Profile saved."))
        return redirect("people:profile")
    return page(request, "people/profile.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def theme(request: HtmxRequest) -> HttpResponse:
    """Light, dark, or as the system has it."""
    chosen = request.POST.get("theme", "")
    if chosen in dict(User._meta.get_field("theme").choices or []):
        User.objects.filter(username=request.user.get_username()).update(theme=chosen)
    return HttpResponse(status=204) if request.htmx else redirect(way_back(request))
