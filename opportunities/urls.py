"""Addresses of opportunities, and of qualifying, which ends in one."""

from django.urls import path

from catalog.why_views import why_page
from opportunities import (
    answer_views,
    board_move,
    board_views,
    involved_views,
    judge_views,
    qualify_views,
    timeline_views,
    views,
)

app_name = "opportunities"
urlpatterns = [
    path("leads/<str:ref>/qualify/", qualify_views.qualify, name="qualify-lead"),
    path("leads/<str:ref>/undo-qualify/", qualify_views.undo_qualify, name="undo-qualify"),
    path("leads/<str:ref>/reopen/", qualify_views.reopen, name="reopen-lead"),
    path("opportunities/", views.index, name="list"),
    path("opportunities/new/", views.new, name="new"),
    path("opportunities/board/", board_views.board, name="board"),
    path("opportunities/timeline/", timeline_views.timeline, name="timeline"),
    path("opportunities/board/next-steps/", board_views.bars, name="board-bars"),
    path("opportunities/board/fields/", board_views.fields, name="board-fields"),
    path("opportunities/board/<str:ref>/move/", board_move.move, name="board-move"),
    path("opportunities/<str:ref>/", views.detail, name="detail"),
    path("opportunities/<str:ref>/edit/", views.edit, name="edit"),
    path("opportunities/<str:ref>/why/", why_page(views.opportunity_of), name="why"),
    path("opportunities/<str:ref>/lines/", views.lines, name="lines"),
    path("opportunities/<str:ref>/move/", views.move, name="move"),
    path("opportunities/<str:ref>/answer/<str:field>/", answer_views.answer, name="answer"),
    path("opportunities/<str:ref>/judge/", judge_views.judge, name="judge"),
    path("opportunities/<str:ref>/stakeholders/add/", involved_views.add_stakeholder, name="add-stakeholder"),
    path(
        "opportunities/<str:ref>/stakeholders/remove/",
        involved_views.remove_stakeholder,
        name="remove-stakeholder",
    ),
    path("opportunities/<str:ref>/competitors/add/", involved_views.add_rival, name="add-rival"),
    path("opportunities/<str:ref>/competitors/remove/", involved_views.remove_rival, name="remove-rival"),
    path("opportunities/<str:ref>/team/add/", involved_views.add_member, name="add-member"),
    path("opportunities/<str:ref>/team/remove/", involved_views.remove_member, name="remove-member"),
    path("opportunities/<str:ref>/put-back/", involved_views.put_back, name="put-back"),
    path("opportunities/<str:ref>/hold/", views.hold, name="hold"),
    path("opportunities/<str:ref>/resume/", views.resume, name="resume"),
    path("opportunities/<str:ref>/reopen/", views.reopen, name="reopen"),
    path("opportunities/<str:ref>/assign/", views.assign, name="assign"),
]
