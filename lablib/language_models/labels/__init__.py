"""The parts of the page pretrain-and-fine-tune: learning from few labels, and from none."""
