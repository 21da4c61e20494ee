"""What can be done about activities, followers and notifications: each action is one function and one transaction."""

from activities.actions.attaching import attach_files, remove_attachment, restore_attachment
from activities.actions.feeds import close_feed, open_feed
from activities.actions.following import (
    choose_news,
    follow,
    followers,
    notify,
    read_all,
    read_notification,
    tell_followers,
    unfollow,
)
from activities.actions.news import announce, hear_news, remind_of_due, send_digests, tell_of_job
from activities.actions.planning import (
    FIELDS,
    assign_activity,
    call_off,
    cancel_activity,
    change_activity,
    complete_activity,
    copy_over,
    create_activity,
    hand_over,
    put_off,
    receive_task,
    reopen_activity,
    snooze_activity,
)

__all__ = [
    "FIELDS",
    "announce",
    "assign_activity",
    "attach_files",
    "call_off",
    "cancel_activity",
    "change_activity",
    "choose_news",
    "close_feed",
    "complete_activity",
    "copy_over",
    "create_activity",
    "follow",
    "followers",
    "hand_over",
    "hear_news",
    "notify",
    "open_feed",
    "put_off",
    "read_all",
    "read_notification",
    "receive_task",
    "remind_of_due",
    "remove_attachment",
    "reopen_activity",
    "restore_attachment",
    "send_digests",
    "snooze_activity",
    "tell_followers",
    "tell_of_job",
    "unfollow",
]  # fmt: skip
