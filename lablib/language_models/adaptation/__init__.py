"""The parts of the page parameter-efficient-tuning: methods, what they cost, and remedies."""
