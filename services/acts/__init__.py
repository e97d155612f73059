"""What people may do: functions of the services, which return values and no texts."""
