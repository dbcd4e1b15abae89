"""The parts of the credit application: accounts, models, decisions, changes, reasons, limits."""
