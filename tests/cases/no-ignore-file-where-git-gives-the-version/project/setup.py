from setuptools import setup

setup(name="meter", use_scm_version=True, setup_requires=["setuptools_scm"])
