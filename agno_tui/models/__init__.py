"""Ways to a model, and the choice between them.

What a model is stands in `base`. The ways to one: `openai` (OpenAI, and every server
that speaks its chat completions) and the room `local` (the embedded model, which runs
inside). `discover` finds servers on this machine; `choice` picks a model where the user
has not settled everything, `menu` offers the user all there are. The room `wire` reads
what an OpenAI-compatible server sends, and makes what it is sent; `reading` waits for
it. `once` is work that many wait for, `loops` what each event loop has for itself,
`files` are those that only the user may read.
"""
