"""Which entries of a matrix are not zero: the pattern, its picture, and how to compress products with the matrix."""
