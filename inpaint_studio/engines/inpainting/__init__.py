"""What fillers are made of: holes, pyramids, patches, seams, and whether two fills look the same."""
