"""Of the web: who has signed in, keys of the API, repeated requests, and alerts as they appeared."""
