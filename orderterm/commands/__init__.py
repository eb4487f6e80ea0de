"""The commands, a family a module; ``orderterm.cli`` loads the one that is called."""
