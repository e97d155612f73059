"""The Bot API over HTTP: parameters, methods, answers and refusals."""
