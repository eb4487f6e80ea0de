"""``python -m orderterm``: the same program as the ``orderterm`` command."""

from orderterm.cli import main

if __name__ == "__main__":
    main()
