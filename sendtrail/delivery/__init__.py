"""The delivery protocol: claim, read, merge, checkpoint, hand over."""
