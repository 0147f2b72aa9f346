"""What pictures are seen by: networks and projections that turn them into vectors whose distances mean something.

One kind, one file. None is downloaded: what is not installed or was not given is not offered.
"""

from latentlab.diagnosis.features.extractor import Extractor, extract

__all__ = ["Extractor", "extract"]
