"""What makes the feed complete: block by block, or by the signatures of each wallet."""
