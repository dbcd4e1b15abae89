"""Parts of the study of changed words: who may change what, attacks, readers and figures."""
