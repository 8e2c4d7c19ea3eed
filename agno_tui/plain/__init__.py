"""The program in plain lines: for screen readers, plain terminals and pipes.

The same storage, agent and runner as on the screen, and the same users; no alternate
screen, no colour, no cursor that jumps. Nothing here knows Textual.
"""
