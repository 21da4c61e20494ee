"""Addresses of activities, timelines, files, notifications and calendars."""

from django.urls import path

from activities import calendar_views, file_views, news_views, story_views, views

app_name = "activities"
urlpatterns = [
    path("activities/", views.index, name="list"),
    path("activities/new/", views.new, name="new"),
    path("activities/reading/", story_views.reading, name="reading"),
    path("activities/people/", story_views.people, name="people"),
    path("activities/<str:ref>/", views.detail, name="detail"),
    path("activities/<str:ref>/edit/", views.edit, name="edit"),
    path("activities/<str:ref>/complete/", views.complete, name="complete"),
    path("activities/<str:ref>/cancel/", views.cancel, name="cancel"),
    path("activities/<str:ref>/reopen/", views.reopen, name="reopen"),
    path("activities/<str:ref>/snooze/", views.snooze, name="snooze"),
    path("activities/<str:ref>/assign/", views.assign, name="assign"),
    path("activities/<str:ref>/ics/", calendar_views.ics, name="ics"),
    path("activities/<str:ref>/move/", calendar_views.move, name="move"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/feed/", calendar_views.feed_page, name="feed"),
    path("calendar/feed/<str:token>.ics", calendar_views.feed, name="ical"),
    path("timeline/<str:about>/", story_views.story, name="story"),
    path("timeline/<str:about>/log/", story_views.log, name="log"),
    path("timeline/<str:about>/follow/", story_views.follow, name="follow"),
    path("timeline/<str:about>/files/", file_views.attach, name="attach"),
    path("attachments/<uuid:public_id>/", file_views.download, name="attachment"),
    path("attachments/<uuid:public_id>/remove/", file_views.remove, name="attachment-remove"),
    path("attachments/<uuid:public_id>/restore/", file_views.restore, name="attachment-restore"),
    path("notifications/", news_views.index, name="notifications"),
    path("notifications/count/", news_views.count, name="notification-count"),
    path("notifications/read/", news_views.read_all, name="notifications-read"),
    path("notifications/settings/", news_views.settings, name="notification-settings"),
    path("notifications/<uuid:public_id>/", news_views.go, name="notification"),
    path("notifications/<uuid:public_id>/read/", news_views.read, name="notification-read"),
]
