"""The language and the calculus as data: `symad.lark` and `operations.txt`."""
