"""What is measured, and the port that measurements go to."""
