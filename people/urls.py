"""Addresses of logging in and out and of one's own profile."""

from django.contrib.auth.views import LogoutView, PasswordChangeView
from django.urls import include, path, reverse_lazy

from people import mail_views, views

own = (
    [
        path("profile/", views.profile, name="profile"),
        path("profile/theme/", views.theme, name="theme"),
        path(
            "profile/password/",
            PasswordChangeView.as_view(
                template_name="people/password.html", success_url=reverse_lazy("people:profile")
            ),
            name="password",
        ),
        path("mails/", mail_views.index, name="mails"),
        path("mails/<uuid:public_id>/", mail_views.detail, name="mail"),
        path("mails/<uuid:public_id>/send-again/", mail_views.send_again, name="mail-send-again"),
        path("mails/<uuid:public_id>/cancel/", mail_views.cancel, name="mail-cancel"),
    ],
    "people",
)

urlpatterns = [
    path("login/", views.log_in, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", include(own)),
]
