"""Every message of HTTP and WebSocket as a Struct; `schemas.py` makes JSON Schema and OpenAPI of them."""
