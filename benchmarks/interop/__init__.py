"""Our layered files in GIMP and Krita, and theirs here: the same pictures."""
