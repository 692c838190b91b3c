"""What each verb takes, and its help; nothing here imports what the work needs."""
