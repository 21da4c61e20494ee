"""What is pinned, and what the container files promise."""

import re
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = sorted(COMPOSE["services"])


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*")), ids=lambda path: path.name)
def test_no_requirements_file_names_a_host(path: Path) -> None:
    assert not re.findall(r"https?://|--index-url|--find-links", path.read_text())


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_carries_hashes(name: str) -> None:
    text = (ROOT / name).read_text().replace("\\\n", " ")
    pins = [line for line in text.splitlines() if re.match(r"[a-zA-Z]", line)]

    assert len(pins) > 20
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


def test_the_development_lock_repeats_the_product_lock() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([\w.\-\[\]]+==\S+)", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()


def test_only_one_postgresql_driver_is_installed() -> None:
    drivers = {str(each.metadata["Name"]).lower() for each in distributions()}

    assert "psycopg2-binary" in drivers
    assert not {name for name in drivers if re.fullmatch(r"psycopg|psycopg[-_](c|binary|pool)", name)}


def test_every_dependency_is_accounted_for() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text().lower()
    wanted = [
        re.split(r"[\[<>=~]", line)[0].strip().lower()
        for name in ("requirements.in", "requirements-dev.in")
        for line in (ROOT / name).read_text().splitlines()
        if re.match(r"[A-Za-z]", line)
    ]

    assert [name for name in wanted if name not in page] == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_says_how_it_is_and_comes_back(name: str) -> None:
    service = COMPOSE["services"][name]

    assert "image" in service
    assert service["healthcheck"]
    if name != "migrate":
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["db", "redis", "web"])
def test_what_must_survive_lies_in_a_volume(name: str) -> None:
    mounted = {volume.split(":")[0] for volume in COMPOSE["services"][name]["volumes"]}

    assert mounted
    assert mounted <= set(COMPOSE["volumes"])


def test_no_secret_has_a_default_in_the_compose_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text()

    assert set(re.findall(r"\$\{(\w*(?:KEY|PASSWORD))", text)) >= {
        "SECRET_KEY",
        "POSTGRES_PASSWORD",
        "REDIS_PASSWORD",
    }
    assert not re.findall(r"\$\{\w*(?:KEY|PASSWORD):?-", text)


def test_the_image_runs_as_nobody_in_particular() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    final = lines[max(index for index, line in enumerate(lines) if line.startswith("FROM")) :]

    assert any(line.startswith("USER ") and line.split()[1] not in {"root", "0"} for line in final)
    assert any(line.startswith("HEALTHCHECK") for line in final)
