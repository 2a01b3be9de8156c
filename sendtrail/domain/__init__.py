"""What Sendtrail speaks of: values and their rules, without I/O."""
