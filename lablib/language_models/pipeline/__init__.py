"""The parts of the page text-data: what duplicates and augmentation do to a test score."""
