"""What spares requests, because it was shown: asked of the warehouse, never of the account."""
