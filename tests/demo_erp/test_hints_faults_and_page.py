"""What makes the demo ERP a good sparring partner: hints, faults on request, and a page a person can steer."""

import base64
import os
import time

import httpx
import pytest

from tests.demo_erp.orders import body, get, place
from tests.demo_erp.receiver import Receiver
from tests.integrations.erp_fixtures import DemoErp

SECRET = "whsec_" + base64.b64encode(os.urandom(32)).decode()


def _subscribe(erp: DemoErp, url: str, secret: str = SECRET) -> httpx.Response:
    return erp.request("PUT", "/v1/webhooks", json={"url": url, "secret": secret})


def _wait(erp: DemoErp, *states: str) -> None:
    end = time.monotonic() + 60
    while [event["state"] for event in erp.events()] != list(states):
        assert time.monotonic() < end, erp.events()
        time.sleep(0.05)


def test_a_change_is_hinted_with_ids_only(demo_erp: DemoErp) -> None:
    with Receiver() as receiver:
        assert _subscribe(demo_erp, receiver.url).status_code == 200
        place(demo_erp)
        demo_erp.advance()
        _wait(demo_erp, "sent")

    (event,) = demo_erp.events()
    assert event["body"]["type"] == "order.updated"
    assert event["body"]["data"] == {"stream": "orders", "id": "1"}


def test_a_hint_that_was_not_taken_is_sent_again_under_its_id(demo_erp: DemoErp) -> None:
    with Receiver(answers=[503, 302]) as receiver:
        _subscribe(demo_erp, receiver.url)
        place(demo_erp)
        demo_erp.advance()
        _wait(demo_erp, "sent")

    assert len(receiver.messages) == 3
    assert len({message.headers["Webhook-Id"] for message in receiver.messages}) == 1


def test_without_a_subscription_nothing_is_hinted(demo_erp: DemoErp) -> None:
    place(demo_erp)
    demo_erp.advance()

    assert demo_erp.events() == []


@pytest.mark.parametrize(
    ("url", "secret", "code"),
    [
        ("ftp://crm.example/", SECRET, "url_invalid"),
        ("nonsense", SECRET, "url_invalid"),
        ("https://crm.example/", "short", "secret_invalid"),
    ],
    ids=["another protocol", "no address", "a short secret"],
)
def test_a_subscription_must_be_usable(demo_erp: DemoErp, url: str, secret: str, code: str) -> None:
    answer = _subscribe(demo_erp, url, secret)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_faults_happen_as_often_as_asked_and_only_where_asked(demo_erp: DemoErp) -> None:
    demo_erp.fail("status", status=429, retry_after=3, times=2, method="POST", path="/v1/orders")

    assert get(demo_erp, "/v1/info")["name"] == "Demo ERP"
    first, second, third = place(demo_erp), place(demo_erp), place(demo_erp)

    assert (first.status_code, first.headers["Retry-After"], second.status_code) == (429, "3", 429)
    assert third.status_code == 201
    assert len(demo_erp.ledger()) == 1


def test_an_order_can_be_committed_and_its_answer_lost(demo_erp: DemoErp) -> None:
    demo_erp.fail("commit_then_drop")

    with pytest.raises(httpx.TransportError):
        place(demo_erp)

    assert [entry["external_id"] for entry in demo_erp.ledger()] == ["CRM1-ORD-1"]
    assert place(demo_erp).status_code == 200


def test_a_request_can_be_cut_before_anything_happens(demo_erp: DemoErp) -> None:
    demo_erp.fail("drop_before")

    with pytest.raises(httpx.TransportError):
        place(demo_erp)

    assert demo_erp.ledger() == []


def test_the_page_shows_orders_and_their_buttons_work(demo_erp: DemoErp) -> None:
    place(demo_erp, body(customer={"code": "A", "name": "<b>Alpha</b>"}))
    page = httpx.get(demo_erp.base_url, trust_env=False)
    assert page.status_code == 200
    assert "SO-10001" in page.text
    assert "&lt;b&gt;Alpha&lt;/b&gt;" in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]

    pressed = httpx.post(demo_erp.base_url + "/step", data={"order": "1"}, trust_env=False)

    assert (pressed.status_code, pressed.headers["Location"]) == (303, "/")
    assert get(demo_erp, "/v1/orders/1")["stage"] == "picking"
    for file in ("/demo_erp.css", "/demo_erp.js", "/board"):
        assert httpx.get(demo_erp.base_url + file, trust_env=False).status_code == 200


def test_the_page_sets_the_clock(demo_erp: DemoErp) -> None:
    httpx.post(demo_erp.base_url + "/clock", data={"tick": "60"}, trust_env=False)
    httpx.post(demo_erp.base_url + "/clock", data={"paused": "0"}, trust_env=False)
    assert demo_erp.control("clock") == {"tick": 60.0, "paused": False}

    httpx.post(demo_erp.base_url + "/clock", data={"paused": "1"}, trust_env=False)
    assert demo_erp.control("clock")["paused"] is True


def test_a_form_of_another_site_steers_nothing(demo_erp: DemoErp) -> None:
    place(demo_erp)

    answer = httpx.post(
        demo_erp.base_url + "/step",
        data={"order": "1"},
        headers={"Origin": "http://evil.example"},
        trust_env=False,
    )

    assert answer.status_code == 404
    assert get(demo_erp, "/v1/orders/1")["stage"] == "accepted"
