"""What a graded class becomes: statistics, a report page, feedback, files for other systems.

Everything here starts from `results.json` (see `model`) and never runs a learner's code; only
`export.container`, which lives in an autograder archive, does, and it does so in the sandbox.
Texts that came from learners are escaped wherever they are shown, and a hidden check shows its
sentence and nothing else.
"""
