"""What is built for a deployment."""
