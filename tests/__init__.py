"""Tests; the folders mirror the source tree. `tests.toy_generator` has tiny models of every kind."""
