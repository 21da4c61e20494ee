"""Addresses of what an organization decides about the way of its deals, below /settings/."""

from django.urls import path

from opportunities import settings_reason_views as reasons
from opportunities import settings_stage_views as stages
from opportunities import settings_views as views

app_name = "pipeline-settings"
urlpatterns = [
    path("pipelines/", views.index, name="pipelines"),
    path("pipelines/new/", views.new, name="pipeline-new"),
    path("pipelines/<int:pk>/", views.detail, name="pipeline"),
    path("pipelines/<int:pk>/rename/", views.rename, name="pipeline-rename"),
    path("pipelines/<int:pk>/default/", views.default, name="pipeline-default"),
    path("pipelines/<int:pk>/place/", views.place, name="pipeline-place"),
    path("pipelines/<int:pk>/retire/", views.retire, name="pipeline-retire"),
    path("pipelines/<int:pk>/restore/", views.restore, name="pipeline-restore"),
    path("pipelines/<int:pk>/stages/new/", stages.new, name="stage-new"),
    path("stages/<int:pk>/", stages.edit, name="stage"),
    path("stages/<int:pk>/place/", stages.place, name="stage-place"),
    path("stages/<int:pk>/retire/", stages.retire, name="stage-retire"),
    path("stages/<int:pk>/restore/", stages.restore, name="stage-restore"),
    path("loss-reasons/", reasons.loss_reasons, name="loss-reasons"),
    path("loss-reasons/new/", reasons.loss_reason, name="loss-reason-new"),
    path("loss-reasons/<int:pk>/", reasons.loss_reason, name="loss-reason"),
    path("loss-reasons/<int:pk>/place/", reasons.loss_reason_place, name="loss-reason-place"),
    path("loss-reasons/<int:pk>/use/", reasons.loss_reason_use, name="loss-reason-use"),
    path("competitors/", reasons.competitors, name="competitors"),
    path("competitors/new/", reasons.competitor_edit, name="competitor-new"),
    path("competitors/<int:pk>/", reasons.competitor, name="competitor"),
    path("competitors/<int:pk>/edit/", reasons.competitor_edit, name="competitor-edit"),
    path("competitors/<int:pk>/use/", reasons.competitor_use, name="competitor-use"),
]
