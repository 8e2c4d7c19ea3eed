"""Tools: what a model may call while it answers.

How to write one stands in `base`. `signature`, `docstring` and `schema` read from a
function what the model is told of it; `arguments` reads what the model wrote. `calling`
calls, `threads` keeps functions that are not async out of the way, `results` makes text
of what came back. Every other file is one tool that comes with the program.
"""
