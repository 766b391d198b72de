"""Programs measured beside ours that want an environment of their own."""
