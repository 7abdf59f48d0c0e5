"""What a manifest pulls in: one module a package manager."""
