"""The gate over HTTP: appointments, road trucks in and out, and port calls as carriers and terminals tell them."""
