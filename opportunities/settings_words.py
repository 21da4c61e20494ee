"""Settings of pipelines, in words."""

from opportunities.checklist import askable_fields
from opportunities.models import Stage


def fields_in_words(stage: Stage) -> tuple[str, str]:
    """What a stage requires and what it advises, as people call it."""
    words = {name: str(label) for name, label in askable_fields()}
    required, advised = (
        ", ".join(words.get(name, name) for name in names)
        for names in (stage.required_fields, stage.advised_fields)
    )
    return required, advised
