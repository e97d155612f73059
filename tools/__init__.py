"""Commands for those who make a release: data that is shipped, licences, base images."""
