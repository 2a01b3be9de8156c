"""The scheduled function that publishes a message for each campaign with news."""
