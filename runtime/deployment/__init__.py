"""Deployment around several programs: nginx, and the first start of compose."""
