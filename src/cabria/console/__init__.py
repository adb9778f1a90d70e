"""The web server of the control room."""
