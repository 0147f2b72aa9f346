"""Measures of what a generator draws against what it should draw: pure functions of arrays. No Qt, no training."""
