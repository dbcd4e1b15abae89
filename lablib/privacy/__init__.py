"""Privacy with a number: differential privacy, attacks that test it, and audits of code.

Experiments lie here, with what several pages share: `accounting` (what epsilon means and what it
rests on), `membership` (attacks by loss) and `auditing` (lower bounds for epsilon). The parts of
one page lie in a sub-folder: `private_sgd` belongs to `dp_sgd` and `dp_fine_tuning`.
"""
