"""The dialects of the trade's messages: read leniently, write strictly, report what was odd."""
