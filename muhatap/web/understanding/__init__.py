"""What messages say: why it is read so, correcting it, the company's topics, and what Muhatap has learned."""
