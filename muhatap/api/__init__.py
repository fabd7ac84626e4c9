"""The door for machines: the everyday API, the chat widget's endpoints, live streams. Reads input, makes one call, shows the result."""
