"""Network definitions, and nothing else: how they are trained is `lablib.training`."""
