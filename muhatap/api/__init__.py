"""The door for machines: live streams, the chat widget's endpoints, files. Reads input, makes one call, shows the result."""
