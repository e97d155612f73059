"""What handlers call: ports named after the need, and what fulfils them."""
