"""The worker programs: the dispatcher and the workers of the job queues."""
