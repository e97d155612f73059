"""The languages of messages: gettext catalogues, and numbers and dates as readers write them."""
