"""Photos, projects and exports; atomic writes; limits on hostile input."""
