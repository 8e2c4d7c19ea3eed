"""What an OpenAI-compatible server sends, read without the SDK.

`address` reads a base URL, `sse` takes an event stream apart, `replies` makes pieces of
an answer, and `refusals` and `errors` put what went wrong into words.
"""
