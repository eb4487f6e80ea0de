"""The terminal screens: the app, one screen a role, the monitor and their widgets."""

import os

# Textual reads these when it is loaded: nothing moves on these screens.
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
