"""What both clients share; nothing here does input or output."""
