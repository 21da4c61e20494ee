"""What is planned, done, attached, followed and told about any record."""

from activities.models.attachments import Attachment
from activities.models.following import Follow, Notification, NotificationSetting
from activities.models.own import CalendarFeed, Snooze
from activities.models.planning import Activity, Participant

__all__ = [
    "Activity", "Attachment", "CalendarFeed", "Follow", "Notification", "NotificationSetting", "Participant",
    "Snooze",
]  # fmt: skip
