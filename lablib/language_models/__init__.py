"""Language models: built from characters up, pre-trained, fine-tuned, adapted, and measured."""
