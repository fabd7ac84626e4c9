"""How the reading model is made: `make model` reads messages/ and data/ here and writes muhatap/reading/models/. Needs requirements/model.txt."""
