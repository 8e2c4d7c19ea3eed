"""Markdown: from text to blocks, and from blocks to lines of a width."""
