"""The customers' voice: what they praise, ask and complain about, themes, and the week as everybody is told it."""
