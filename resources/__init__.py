"""Icons, fonts, themes and bundled models: data, no code."""
