"""Parts of `adversarial_training`: digits and networks, losses, alarms, measures, figures."""
