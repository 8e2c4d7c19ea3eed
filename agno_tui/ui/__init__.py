"""The terminal's side of the program: the only room that knows Textual."""
