"""One file, all rules: configuration, discovery, selection, suppression, linting."""
