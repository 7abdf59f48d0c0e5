"""Building for real, before and after the fixes, with a docker that the user has and asks to use.

Nothing else in copylast starts a build, and nothing imports this unless the user says ``copylast prove``.
"""
