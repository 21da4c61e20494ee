"""Addresses of logging in and out and of one's own profile."""

from django.contrib.auth.views import LogoutView, PasswordChangeView
from django.urls import include, path, reverse_lazy

from people import field_views, job_views, mail_views, removing_views, views

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
        path("delete/<slug:kind>/<uuid:public_id>/", removing_views.remove, name="remove"),
        path("recycle-bin/", removing_views.index, name="bin"),
        path("recycle-bin/<uuid:public_id>/", removing_views.detail, name="removed"),
        path("recycle-bin/<uuid:public_id>/restore/", removing_views.restore, name="restore"),
        path("recycle-bin/<uuid:public_id>/purge/", removing_views.purge, name="purge"),
        path("settings/fields/", field_views.index, name="fields"),
        path("settings/fields/new/", field_views.new, name="field-new"),
        path("settings/fields/<int:pk>/", field_views.edit, name="field"),
        path("settings/fields/<int:pk>/move/", field_views.move, name="field-move"),
        path("settings/fields/<int:pk>/remove/", field_views.remove, name="field-remove"),
        path("settings/fields/<int:pk>/restore/", field_views.restore, name="field-restore"),
        path("settings/fields/<int:pk>/purge/", field_views.purge, name="field-purge"),
        path("jobs/", job_views.index, name="jobs"),
        path("jobs/tray/", job_views.tray, name="job-tray"),
        path("jobs/<uuid:public_id>/", job_views.detail, name="job"),
        path("jobs/<uuid:public_id>/cancel/", job_views.cancel, name="job-cancel"),
        path("jobs/<uuid:public_id>/result/", job_views.result, name="job-result"),
    ],
    "people",
)

urlpatterns = [
    path("login/", views.log_in, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", include(own)),
]
