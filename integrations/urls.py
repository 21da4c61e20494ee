from django.urls import path

from integrations import hooks, views

app_name = "integrations"

urlpatterns = [
    path("sync/", views.sync, name="sync"),
    path("sync/messages/<uuid:message_id>/", views.message, name="message"),
    path("sync/messages/<uuid:message_id>/send-again/", views.send_again, name="send-again"),
    path(
        "sync/messages/<uuid:message_id>/send-cause-again/", views.send_cause_again, name="send-cause-again"
    ),
    path("sync/messages/<uuid:message_id>/skip/", views.skip, name="skip"),
    path("sync/connections/<slug:code>/pause/", views.pause, name="pause"),
    path("sync/connections/<slug:code>/resume/", views.resume, name="resume"),
    path("hooks/<slug:code>/", hooks.receive, name="hook"),
]
