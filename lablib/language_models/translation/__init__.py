"""The parts of the page sequence-to-sequence: names in two languages and who maps them."""
