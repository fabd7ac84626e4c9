"""The channel Google reviews: what people write about the firm's places on Google Maps, and the one public reply to each.

Owns: reviews in the Google Business Profile API. Does not own: who a reviewer is; Google tells only a name.
"""
