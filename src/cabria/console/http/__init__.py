"""How the server is asked and answers: one form of question, answer and problem for every endpoint."""
