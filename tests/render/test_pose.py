import numpy as np
import pytest

from latentlab.latents.recipe import Transform
from latentlab.render.pose import inverse_matrix


def test_the_default_pose_changes_nothing() -> None:
    np.testing.assert_array_equal(inverse_matrix(Transform()).numpy(), np.eye(3))


@pytest.mark.parametrize(
    "transform", [Transform(30.0), Transform(0.0, 0.2, -0.1), Transform(-135.0, 0.5, 0.25)]
)
def test_it_is_the_inverse_of_rotating_and_then_shifting(transform: Transform) -> None:
    angle = np.deg2rad(transform.rotation)
    # With y down, counter-clockwise carries "right" (1, 0) towards "up" (0, -1).
    rotate = np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    shift = np.array([[1, 0, transform.x], [0, 1, transform.y], [0, 0, 1]])
    np.testing.assert_allclose(inverse_matrix(transform).numpy(), np.linalg.inv(shift @ rotate), atol=1e-6)
