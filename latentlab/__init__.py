"""LatentLab: explore, diagnose and train generative image models.

Floors, lowest first: `errors` and `places`, `models`, `latents` and `formats`, `render`, `qt`, `cli`.
Imports point down only; `trainers` is a package of its own beside `qt`.
"""

__version__ = "0.1.0"
