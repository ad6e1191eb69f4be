"""What a reviewer looks at: pictures and the model card."""
