"""Discriminators and critics, one architecture to a file. What is saved and opened is in `latentlab.models`."""
