"""Two cranes on one rail: who does which job when, without ever meeting."""
