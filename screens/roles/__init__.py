"""A screen for each role. Each lies in a module of its own, loaded when somebody opens it."""

from importlib import import_module

from orderterm.terms import Role
from screens.desk import Desk


def desk_class(role: Role) -> type[Desk]:
    """The screen of ``role``."""
    found: type[Desk] = import_module(f"screens.roles.{role.value}").RoleDesk
    return found
