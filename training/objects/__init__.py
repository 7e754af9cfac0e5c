"""The network of objects: what belongs to a thing, where its middle is, and which pixel belongs to which."""
