"""Grades in the form that other systems read, each next to a check of that form.

`problems(...)` in a module holds the target's documented format, with its source; what a module
writes is passed through it before it leaves, and the tests pass broken files through it too.
"""
