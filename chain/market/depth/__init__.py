"""What a seller could really get from pools whose liquidity lies at many prices."""
