"""Addresses of what an organization decides about its leads, below /settings/leads/."""

from django.urls import path

from leads import entry_views, settings_views

app_name = "lead-settings"
urlpatterns = [
    path("scoring/", settings_views.scoring, name="scoring"),
    path("scoring/new/", settings_views.score_rule, name="score-rule-new"),
    path("scoring/<int:pk>/", settings_views.score_rule, name="score-rule"),
    path("scoring/<int:pk>/delete/", settings_views.score_rule_delete, name="score-rule-delete"),
    path("assignment/", settings_views.assignment, name="assignment"),
    path("assignment/new/", settings_views.assignment_rule, name="assignment-rule-new"),
    path("assignment/<int:pk>/", settings_views.assignment_rule, name="assignment-rule"),
    path("assignment/<int:pk>/move/", settings_views.assignment_rule_move, name="assignment-rule-move"),
    path("assignment/<int:pk>/delete/", settings_views.assignment_rule_delete, name="assignment-rule-delete"),
    path("web-forms/", settings_views.web_forms, name="web-forms"),
    path("web-forms/new/", settings_views.web_form, name="web-form-new"),
    path("web-forms/<int:pk>/", settings_views.web_form, name="web-form"),
    path("web-forms/<int:pk>/snippet/", settings_views.snippet, name="snippet"),
    path("entries/", entry_views.index, name="entries"),
    path("entries/<uuid:public_id>/", entry_views.detail, name="entry"),
    path("entries/<uuid:public_id>/release/", entry_views.release, name="entry-release"),
    path("entries/<uuid:public_id>/discard/", entry_views.discard, name="entry-discard"),
]
