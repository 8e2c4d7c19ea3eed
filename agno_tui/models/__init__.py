"""Ways to a model: one file each, the file's name is the provider's."""
