"""The sentence at the top: the gravest verdict, what else there is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.qt.workspaces.diagnose.remedies import Remedies
from latentlab.qt.workspaces.diagnose.views import Views
from latentlab.qt.workspaces.diagnose.wording import tr

_MOST_OTHERS = 2


@dataclass(frozen=True, slots=True)
class Words:
    """What the header says."""

    tone: str
    title: str
    detail: str
    remedy: str = ""
    remedy_tip: str = ""


def summary(views: Views, running: bool, remedies: Remedies) -> Words:
    """In words, from the verdicts of a result; while there are none yet, from what was measured."""
    if not views.verdicts:
        title = tr("Measuring") if running else tr("No verdict yet")
        done = ", ".join(views.result.stages)
        return Words("", title, tr("Done: {0}").format(done) if done else "")
    first = views.verdicts[0]
    others = [one.title.rstrip(".") for one in views.verdicts[1:] if one.tone in ("error", "warning")]
    parts = [first.text]
    if others:
        more = "; ".join(others[:_MOST_OTHERS])
        parts.append(tr("Also: {0}.").format(more))
    remedy = remedies.offer(first)
    return Words(first.tone or "ok", first.title, " ".join(parts), remedy, first.remedy)
