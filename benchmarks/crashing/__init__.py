"""The parts of the no-loss bench: the world outside, the product under test, the traffic between, and the judge."""
