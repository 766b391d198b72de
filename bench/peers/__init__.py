"""What is measured beside ours."""
