"""What can be copied: the build context, its ignore file, and what a project says about its builds."""
