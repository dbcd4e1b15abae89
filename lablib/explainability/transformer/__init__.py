"""The parts of the page inside-a-transformer: attention maps, probes, the lens, and patching."""
