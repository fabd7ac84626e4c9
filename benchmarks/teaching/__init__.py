"""Labels of public sets as the topics a company would have of its own."""
