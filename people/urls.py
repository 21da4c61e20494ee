"""Addresses of logging in and out and of one's own profile."""

from django.contrib.auth.views import LogoutView, PasswordChangeView
from django.urls import include, path, reverse_lazy

from people import views

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
    ],
    "people",
)

urlpatterns = [
    path("login/", views.log_in, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", include(own)),
]
