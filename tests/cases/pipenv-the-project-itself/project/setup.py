from setuptools import setup

setup(name="clock", py_modules=["clock"])
