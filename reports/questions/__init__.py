"""The questions that reports answer, one module each; ``reports.registry`` has them in order."""
