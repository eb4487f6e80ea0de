"""The terminal screens: the app, one screen a role, the monitor and their widgets."""
