"""What is read on paper or in a plain terminal: the board and tables as text."""
