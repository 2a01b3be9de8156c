"""The whole pipeline in a simulated world, where one seed decides everything."""
