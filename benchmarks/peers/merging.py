NAME = "merge-100k"
