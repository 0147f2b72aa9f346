"""Errors that a person may see. Each text gives the cause and the remedy."""


class LatentLabError(Exception):
    """Base of every error whose text is fit to be shown to a user."""


class CheckpointError(LatentLabError):
    """A model file cannot be read: damaged, hostile, or of an unknown kind."""


class UnsafeFileError(CheckpointError):
    """A file asks for code to be run, or for memory it does not account for."""


class ShapeError(LatentLabError):
    """A tensor does not have the shape that a network needs."""


class RecipeError(LatentLabError):
    """A recipe, session or picture's metadata cannot be understood or does not fit the open model."""


class RenderError(LatentLabError):
    """A picture could not be rendered on any device."""


class ExportError(LatentLabError):
    """A file cannot be written."""


class TrainingError(LatentLabError):
    """A training run cannot start or go on."""


class RunError(LatentLabError):
    """The directory of a training run cannot be used."""


class DiagnosisError(LatentLabError):
    """A model cannot be measured, or a result cannot be read."""


class Cancelled(LatentLabError):  # noqa: N818 - somebody's wish, no mistake
    """The user stopped a long task. Nothing is wrong and nothing needs to be shown."""
