"""What goes to an OpenAI-compatible server and what it sends, without the SDK.

`address` reads a base URL and `requests` makes our messages and tools into its own.
`sse` takes an event stream apart, `replies` makes `pieces` of an answer and puts the
`tool_calls` in it together. `refusals` and `errors` put what went wrong into words, and
`concessions` knows what can be asked for again without.
"""
