"""Windows over the window: settings, keys, the model's card. They show and choose, and compute nothing."""
