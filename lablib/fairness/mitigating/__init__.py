"""Parts of the page `fairness/mitigation`: methods, their choice on validation rows, figures."""
