"""Text in, assignments out: what names mean, calls of functions, blocks; a class each, `symad.parse` the last."""
