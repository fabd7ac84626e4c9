"""The picture of each score."""

FACES = {1: "angry", 2: "frown", 3: "meh", 4: "smile", 5: "laugh"}
