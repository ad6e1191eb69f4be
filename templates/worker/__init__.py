"""Work on templates from outside, in processes that may be stopped and cost nothing but their own document."""
