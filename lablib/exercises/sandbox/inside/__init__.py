"""The files that run inside the sandbox. They hold no check and no expected value."""
