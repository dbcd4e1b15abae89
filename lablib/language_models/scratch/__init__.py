"""The parts of the page from-scratch: corpus, training, leak test, sampling, speed."""
