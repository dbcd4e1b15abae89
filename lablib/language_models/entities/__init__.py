"""The parts of the page named-entities: sources, taggers, and how they are scored."""
