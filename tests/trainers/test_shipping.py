"""Models that ship: measured against pictures that training has never seen, with a card that says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from latentlab.diagnosis.features.random_network import RandomNetwork
from latentlab.diagnosis.sampling import to_pictures
from latentlab.errors import TrainingError
from latentlab.formats import open_model
from trainers import shipping
from trainers.config import RunConfig
from trainers.data import DataSettings, DrawnSource, RenderedDigitsSource, SmallDigitsSource, open_data
from trainers.loop import train
from trainers.presets import PRESETS
from trainers.starting import Job


def _config(source: RenderedDigitsSource | SmallDigitsSource) -> RunConfig:
    preset = PRESETS["cgan-digits"]
    return preset.model_copy(
        update={
            "settings": preset.settings.model_copy(update={"width": 4, "max_width": 8, "z_dim": 4}),
            "data": DataSettings(
                source=source, resolution=16, colour="grey", fit="stretch", background="black"
            ),
            "loop": preset.loop.model_copy(update={"steps": 2, "batch_size": 4, "threads": 1}),
        }
    )


def test_the_card_says_what_was_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "EfficientNetLite0", RandomNetwork)
    config = _config(RenderedDigitsSource(count=300))
    list(train(Job(config, tmp_path / "run"), lambda: False))
    options = ["--folder", str(tmp_path / "new" / "models"), "--pictures", "60"]
    assert shipping.main([str(tmp_path / "run"), "digits", *options]) == 0
    found = dict(open_model(tmp_path / "new" / "models" / "digits.safetensors").card.measures)
    distance, _, least = found["Fréchet distance"].partition(" (60 samples, 60 unseen pictures")
    assert float(distance.split(" ± ")[0]) > 3 * float(
        least.rpartition(" ")[2]
    )  # after two steps it draws nothing yet
    assert float(found["Coverage"].split(";")[0]) < 0.3
    assert float(found["Coverage"].split()[-1]) > 0.6
    assert float(found["Class accuracy"].split()[0]) < 50
    assert (tmp_path / "new" / "models" / "digits.png").is_file()


def test_the_card_of_a_model_that_reads_says_how_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipping, "EfficientNetLite0", RandomNetwork)
    preset = PRESETS["text-faces-64"]
    assert isinstance(preset.data.source, DrawnSource)
    source = preset.data.source.model_copy(update={"count": 80, "caption": ("facialHair", "accessories")})
    config = preset.model_copy(
        update={
            "settings": preset.settings.model_copy(update={"width": 4, "max_width": 8, "z_dim": 4}),
            "data": preset.data.model_copy(update={"source": source, "resolution": 16, "held_out": 0.25}),
            "loop": preset.loop.model_copy(update={"steps": 2, "batch_size": 4, "threads": 1}),
        }
    )
    list(train(Job(config, tmp_path / "run"), lambda: False))
    path = shipping.ship(tmp_path / "run", "heads", tmp_path, most=40)
    found = dict(open_model(path).card.measures)["Caption accuracy"]
    assert 0 <= float(found.split()[0]) <= 100
    assert "facialHair" in found
    assert "accessories" in found


def test_pictures_of_a_drawn_set_are_others_than_those_of_training() -> None:
    config = _config(RenderedDigitsSource(count=40))
    data = open_data(config.data)
    unseen = shipping._unseen(config, data, 30)
    trained = {picture.tobytes() for picture in to_pictures(data.train.batch(slice(0, 36)).images)}
    assert len(unseen.items) == 30
    assert not trained & {picture.tobytes() for picture in unseen.items}


def test_other_data_are_compared_by_their_held_out_part() -> None:
    config = _config(SmallDigitsSource())
    data = open_data(config.data)
    assert len(shipping._unseen(config, data, 5000).items) == data.held_out.count


def test_a_run_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no finished model yet"):
        shipping.ship(tmp_path, "none", tmp_path)
