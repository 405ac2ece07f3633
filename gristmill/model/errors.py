"""What can be wrong with a request to the model.

ModelError
├── MissingError      there is no such object (HTTP 404)
├── DeletedError      there was one (410)
├── ForbiddenError    it belongs to somebody else, or the feature is switched off (403)
├── InvalidError      a value or a reference does not fit (400)
└── ConflictError     the name or place is taken (409)
"""

from __future__ import annotations


class ModelError(Exception):
    """A request that the model refuses; `details` says what was found and what would be right."""

    def __init__(self, details: str) -> None:
        self.details = details
        super().__init__(details)


class MissingError(ModelError):
    pass


class DeletedError(ModelError):
    pass


class ForbiddenError(ModelError):
    pass


class InvalidError(ModelError):
    pass


class ConflictError(ModelError):
    pass
