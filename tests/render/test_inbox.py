import threading

from latentlab.render.inbox import Inbox


def test_the_newest_request_wins() -> None:
    inbox: Inbox[str] = Inbox()
    inbox.submit("older")
    inbox.submit("newer")
    assert inbox.has_newer()
    assert inbox.take_newest() == "newer"
    assert not inbox.has_newer()


def test_taking_waits_for_a_request_of_another_thread() -> None:
    inbox: Inbox[int] = Inbox()
    taken: list[int | None] = []
    thread = threading.Thread(target=lambda: taken.append(inbox.take_newest()))
    thread.start()
    inbox.submit(7)
    thread.join(timeout=10)
    assert taken == [7]


def test_closing_wakes_the_taker_and_drops_what_waits() -> None:
    inbox: Inbox[int] = Inbox()
    taken: list[int | None] = []
    thread = threading.Thread(target=lambda: taken.append(inbox.take_newest()))
    thread.start()
    inbox.close()
    thread.join(timeout=10)
    inbox.submit(1)
    assert taken == [None]
    assert inbox.take_newest() is None
    assert inbox.has_newer()
    assert inbox.is_closed()
