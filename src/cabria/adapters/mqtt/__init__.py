"""The bus: a link that comes back by itself, the broker inside the program, and mosquitto."""
