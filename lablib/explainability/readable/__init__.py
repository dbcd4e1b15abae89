"""The parts of the page readable-models: trees, rule lists, additive models, surrogates."""
