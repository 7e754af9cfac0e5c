"""Makes what artists install out of the folder that PyInstaller builds; never part of the program."""
