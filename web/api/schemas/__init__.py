"""What goes into the API and comes out of it, as pydantic models: the contract with its users."""
