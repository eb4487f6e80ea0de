"""The parts that the screens are made of; each draws lines of text and sends what changed."""
