"""Robustness to chosen changes of the input: a threat model, attacks inside it, and what holds.

Experiments lie here, with what several pages share: `threat` (who may change what), `attacks`
(FGSM, PGD, noise), `official` (AutoAttack by its authors), `masking` (is an attack to be
believed?) and `smoothing` (accuracy with a proof). The parts of one page lie in a sub-folder:
`hardening` belongs to `adversarial_training` and `published_radius`, `text` to `word_substitution`.
"""
