"""The opening page: what one run can and cannot show."""
