"""The yard as messages, of a running terminal and of a call folder."""
