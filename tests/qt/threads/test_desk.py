from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import pytest

from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.threads import desk as desk_module
from latentlab.qt.threads.desk import Desk, ModelOrder, Pause
from latentlab.render.request import RenderRequest


@dataclass(frozen=True)
class Work:
    key: Hashable
    number: int = 0
    rank: int = 1

    def run(self, renderer: Any, pause: Pause, show: Callable[[Any], None]) -> None:
        show(self.number)


def asked(seed: int) -> RenderRequest:
    return RenderRequest(Recipe(source=SeedSource(seed)))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(desk_module, "QUIET_SECONDS", 0.01)
    return Desk()


def test_the_newest_request_wins(desk: Desk) -> None:
    desk.put_request(asked(1))
    desk.put_request(asked(2))
    assert desk.has_newer()
    assert desk.take() == asked(2)
    assert not desk.has_newer()


def test_a_model_comes_before_a_request_and_drops_what_waited_for_the_old_one(desk: Desk) -> None:
    order = ModelOrder(None, "cpu", "auto")  # type: ignore[arg-type]
    desk.put_request(asked(1))
    desk.put_idle(Work("strip"))
    desk.put_model(order)
    desk.put_request(asked(2))
    assert desk.take() is order
    assert desk.take() == asked(2)
    desk.close()
    assert desk.take() is None


def test_idle_work_waits_until_the_hand_is_still(desk: Desk) -> None:
    desk.put_idle(Work("strip"))
    desk.put_request(asked(1))
    assert desk.take() == asked(1)
    assert desk.take() == Work("strip")  # after a quiet moment


def test_newer_idle_work_replaces_waiting_work_and_outdates_running_work(desk: Desk) -> None:
    desk.put_idle(Work("strip", 1))
    desk.put_idle(Work("strip", 2))
    assert desk.take() == Work("strip", 2)
    assert not desk.is_outdated("strip")
    desk.put_idle(Work("strip", 3))
    assert desk.is_outdated("strip")
    assert desk.take() == Work("strip", 3)
    assert not desk.is_outdated("strip")


def test_requests_are_served_in_the_middle_of_idle_work(desk: Desk) -> None:
    desk.put_request(asked(4))
    assert desk.take_in_pause(1) == asked(4)
    assert desk.take_in_pause(1) is None


def test_idle_work_of_a_lower_rank_goes_first_also_in_pauses(desk: Desk) -> None:
    desk.put_idle(Work("probes", rank=3))
    desk.put_idle(Work("strip", rank=1))
    assert desk.take_in_pause(1) is None
    assert desk.take_in_pause(3) == Work("strip", rank=1)
    assert desk.take() == Work("probes", rank=3)


def test_closing_wakes_whoever_waits(desk: Desk) -> None:
    taken: list[object] = []
    waiter = threading.Thread(target=lambda: taken.append(desk.take()))
    waiter.start()
    desk.close()
    waiter.join(5)
    assert taken == [None]
    assert desk.has_newer(), "what runs must stop"
