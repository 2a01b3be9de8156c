"""An instance of the functions, and the accounts that it reaches, as the tests of the functions have them."""

from tests.functions.conftest import connect, instance

__all__ = ["connect", "instance"]
