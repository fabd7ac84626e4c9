"""How each kind of shop speaks: its payloads into ours, its signature, its pages. One file a vendor, and nothing of it elsewhere."""
