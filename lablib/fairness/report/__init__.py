"""The report for a file of one's own: true labels, decisions and groups of people."""
