"""What the running terminal has been through: figures of any span, any hour again, and what could be from here on."""
