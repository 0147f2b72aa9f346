"""Trains the systems of `latentlab.models`. Needs no display; never imported by `latentlab.qt`.

`trainers.loop.train` is the loop; `python -m trainers PRESET --out RUN` runs it.
"""
