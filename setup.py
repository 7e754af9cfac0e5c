"""Maps the top-level resources folder into the installed package; all else is in pyproject.toml."""

from setuptools import find_namespace_packages, setup

FOLDERS = ("app", "catalogue", "icons", "models", "samples", "themes", "translations")

setup(
    packages=[*find_namespace_packages(include=["inpaint_studio*"]), "inpaint_studio._resources"],
    package_dir={"inpaint_studio._resources": "resources"},
    package_data={
        "inpaint_studio": ["py.typed"],
        # By folder: what draws the samples is for this checkout only.
        "inpaint_studio._resources": [f"{name}/**" for name in FOLDERS],
    },
)
