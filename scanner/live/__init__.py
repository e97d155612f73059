"""The live path: what streams push is decoded and committed within milliseconds."""
