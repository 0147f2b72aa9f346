"""Networks as lists of blocks. Torch only: no files, no Qt. One architecture, one file."""
