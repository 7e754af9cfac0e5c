"""Maps the top-level resources folder into the installed package; all else is in pyproject.toml."""

from setuptools import find_namespace_packages, setup

setup(
    packages=[*find_namespace_packages(include=["inpaint_studio*"]), "inpaint_studio._resources"],
    package_dir={"inpaint_studio._resources": "resources"},
    package_data={"inpaint_studio._resources": ["**/*"], "inpaint_studio": ["py.typed"]},
)
