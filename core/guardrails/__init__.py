"""What must not pass: detectors of it. They find; what is done about it is decided elsewhere."""
