"""What stands around the programs where there are several of them: nginx, and the first start of compose."""
