"""One sale told from the lead to the paid invoice, with every state and amount known beforehand."""
