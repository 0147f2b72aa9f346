"""Every term the interface uses, explained once: a name, one or two plain sentences, a formula and its source.

Belongs here: the terms (`terms_*`), finding them by whatever a run or a result calls them (`book`), what a tooltip
says (`explaining`), and the page to read and search them on (`glossary_window`). Imports no torch.

For any widget that shows a measure: `explain(widget, "coverage")`. For several on one widget, give it a method
`term_at(position)` that returns the key below a point, and call `show_tip(widget, event)` in its ToolTip event.
"""

from latentlab.qt.glossary.book import all_terms, find, groups, term
from latentlab.qt.glossary.explaining import explain, key_below, show_tip, tip
from latentlab.qt.glossary.term import Term

__all__ = ["Term", "all_terms", "explain", "find", "groups", "key_below", "show_tip", "term", "tip"]
