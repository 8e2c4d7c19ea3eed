"""The transcript: one view of a session's turns, however many there are."""
