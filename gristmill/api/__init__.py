"""The v4 REST API: `create_app(settings)` is the server."""

from gristmill.api.app import create_app

__all__ = ["create_app"]
