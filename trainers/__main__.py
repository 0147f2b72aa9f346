"""`python -m trainers PRESET --data PATH --out RUN`: the same as `latentlab train`, also under `torchrun`."""

from __future__ import annotations

import sys

from trainers.command import main

if __name__ == "__main__":
    sys.exit(main())
