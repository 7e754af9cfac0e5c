"""What sees and paints: finders, selectors, mattes, fillers and their weights. No Qt."""
