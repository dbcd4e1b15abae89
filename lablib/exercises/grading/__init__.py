"""Grade what a class handed in: hostile, broken and late, the same way each time.

    from lablib.exercises.grading import grade_folder
    summary = grade_folder(Path("submissions"), out=Path("results"), jobs=2, seed=7)

Learners' code runs in `lablib.exercises.sandbox` only; checks and expected values stay here.
`submissions` reads the class, `grade` grades one answer, `run` all of them, `results` writes.
"""

from lablib.exercises.grading.grade import Graded, grade_one
from lablib.exercises.grading.run import Summary, grade_folder

__all__ = ["Graded", "Summary", "grade_folder", "grade_one"]
