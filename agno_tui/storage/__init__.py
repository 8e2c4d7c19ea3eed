"""Where sessions are kept: one file per database, the file's name is the URL scheme."""
