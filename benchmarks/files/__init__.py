"""Files in and out, judged by ImageMagick and LittleCMS: `python -m benchmarks.files`."""
