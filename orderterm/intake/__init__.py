"""A file becomes drafts: what it is, how it is written, and what each row means."""
