"""Every claim that can be measured, each in a file of its own that runs alone: `make bench NAME=crash [SIZE=small]`."""
