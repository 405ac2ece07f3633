"""Sessions by kind of driver: each module has `connect(login)` and `end_sessions(login)`."""
