"""The buttons under messages. Pure: values in, keyboards out."""
