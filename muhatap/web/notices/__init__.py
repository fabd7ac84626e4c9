"""The bell: notices, how one wants to hear of them, and what makes the product an app on a phone."""
