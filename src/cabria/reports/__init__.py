"""Pictures and papers from plans and logs."""
