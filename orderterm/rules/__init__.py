"""Pure decisions on plain values: nothing here reads a clock, a file or a database."""
